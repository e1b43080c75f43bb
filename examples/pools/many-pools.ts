/*
 * A stress test of a disk: round after round, a new pool of ten workers that each run a shell command, until the
 * status says that something is wrong. A pool that is left leaves nothing behind, however many rounds there are.
 *
 *     node dist/examples/pools/many-pools.js [rounds]
 *
 *     round 1: active, 10 files of 256 KiB
 *     round 2: active, 10 files of 256 KiB
 *     round 3: active, 10 files of 256 KiB
 *     0 children left
 */
import { exec } from 'node:child_process'
import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { activeChildren, Pool } from 'manycore'

const shell = promisify(exec)
const rounds = Number(process.argv[2] ?? 3)
const folder = await mkdtemp(join(tmpdir(), 'many-pools-'))

async function fillFile(number: number): Promise<void> {
  await promisify(exec)(`dd if=/dev/zero of=${folder}/file-${number} bs=64k count=4 >> ${folder}/dd.log 2>&1`)
}

for (let round = 1; round <= rounds; round++) {
  const pool = new Pool(10)
  for (let number = 0; number < 10; number++) pool.applyAsync(fillFile, [number])
  pool.close()
  await pool.join()

  const { stdout: status } = await shell('echo "status: active"')
  const files = (await readdir(folder)).filter(name => name.startsWith('file-'))
  await appendFile(join(folder, 'rounds.log'), `round ${round}: ${status}`)
  if (!status.includes('active')) break
  console.log(`round ${round}: active, ${files.length} files of 256 KiB`)
}

const log = await readFile(join(folder, 'rounds.log'), 'utf8')
if (log.trim().split('\n').length !== rounds) console.log(`stopped early:\n${log}`)
await rm(folder, { recursive: true })
console.log(`${activeChildren().length} children left`)
