import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { tempDir } from '../support/index.ts'
import { lines, shellCommand, startManycore } from './support.ts'

const WORK = `
export async function quick(text) { console.log('ran', text); return text }
export async function pause(ms) { await new Promise(resolve => setTimeout(resolve, Number(ms))); return ms }
export function loop(text) { console.log('begun', text); for (;;); }
export const long = () => 'x'.repeat(100000)
`

describe('manycore map, interrupted', { timeout: 110_000 }, () => {
  const folder = tempDir()
  let work: string
  before(() => {
    work = folder.write('work.mjs', WORK)
  })

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    for (const flags of [[], ['--threads']]) {
      it(`${signal} ends ${flags[0] ?? 'processes'} in good order, with code ${exitCode}`, async () => {
        const journal = join(folder.path, `${signal}${flags.length}.ndjson`)
        const args = ['map', `${work}#pause`, '1', '2', '600000', '600000', '-w', '2', '--journal', journal]
        const program = startManycore([...args, ...flags])
        await program.line(/^2$/)
        // A terminal sends Ctrl-C to everybody at once.
        if (signal === 'SIGINT') for (const pid of program.below()) process.kill(pid, signal)
        program.child.kill(signal)
        const { code, stdout, stderr, left, late } = await program.done
        assert.equal(code, exitCode, stderr)
        assert.equal(stdout, '1\n2\n')
        assert.match(stderr, /^2 items in .*, stopped before the end\n$/)
        assert.equal(lines(readFileSync(journal, 'utf8')).length, 3)
        assert.deepEqual(left, [])
        assert.equal(late, false)
      })
    }
  }

  it('Ctrl-C stops tasks that never give way', async () => {
    const program = startManycore(['map', `${work}#loop`, 'a', 'b', 'c', '-w', '2'])
    await program.line(/begun b/)
    program.child.kill('SIGINT')
    const { code, stdout, left } = await program.done
    assert.equal(code, 130)
    assert.equal(stdout, '')
    assert.deepEqual(left, [])
  })

  it('Ctrl-C ends it while it waits for input', { skip: process.platform === 'win32' }, async () => {
    const pipe = join(folder.path, 'pipe')
    execFileSync('mkfifo', [pipe])
    // Opened for both, so that it never ends; one line, and then nothing more.
    const fd = openSync(pipe, 'r+')
    writeSync(fd, '1\n')
    const program = startManycore(['map', `${work}#pause`, '--lines', pipe])
    await program.line(/^1$/)
    program.child.kill('SIGINT')
    const { code, stderr } = await program.done
    assert.equal(code, 130)
    assert.match(stderr, /^1 item in .*, stopped before the end\n$/)
    closeSync(fd)
  })

  it('kill -9 leaves nobody behind, busy or not', { skip: process.platform !== 'linux' }, async () => {
    const program = startManycore(['map', `${work}#loop`, 'a', 'b', '-w', '2'])
    await program.line(/begun b/)
    assert.ok(program.below().length >= 2)
    program.child.kill('SIGKILL')
    const { left, signal } = await program.done
    assert.equal(signal, 'SIGKILL')
    assert.deepEqual(left, [])
  })

  /** A reader that has stopped reading, as `less` does; the pipe between is full. */
  async function stuck(): Promise<ReturnType<typeof spawn>> {
    const command = shellCommand(['map', `${work}#long`, ...Array.from({ length: 30 }, String)])
    const child = spawn('sh', ['-c', `exec ${command}`], { stdio: ['ignore', 'pipe', 'pipe'] })
    const { stdout } = child
    assert.ok(stdout)
    stdout.pause()
    await once(stdout, 'readable')
    return child
  }

  it('Ctrl-C ends it though nobody reads its output', async () => {
    const child = await stuck()
    child.kill('SIGINT')
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    assert.ok(code === 130 || signal === 'SIGINT', `${code} ${signal}`)
  })

  it('a second Ctrl-C ends it at once', { skip: process.platform !== 'linux' }, async () => {
    const child = await stuck()
    const exit = once(child, 'exit')
    child.kill('SIGINT')
    while (catchesCtrlC(child.pid)) await new Promise(resolve => setTimeout(resolve, 5))
    child.kill('SIGINT')
    const [, signal] = (await exit) as [number | null, NodeJS.Signals | null]
    assert.equal(signal, 'SIGINT')
  })

  it('ends quietly when its reader has seen enough', { skip: process.platform === 'win32' }, () => {
    const command = shellCommand(['map', `${work}#pause`, '--lines', '-', '--threads'])
    const { stdout, stderr, status } = spawnSync(
      'bash',
      ['-c', `set -o pipefail; (yes 1 || true) | ${command} | head -2`],
      { encoding: 'utf8', timeout: 20_000 },
    )
    assert.equal(stdout, '1\n1\n')
    assert.equal(stderr, '')
    assert.equal(status, 0)
  })
})

/** Has the process a handler for SIGINT? The system keeps a mask of those that are caught. */
function catchesCtrlC(pid: number | undefined): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return ((BigInt(`0x${mask}`) >> 1n) & 1n) === 1n
}
