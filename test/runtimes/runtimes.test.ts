import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { delimiter } from 'node:path'
import { suite, test } from 'node:test'
import { runProgram } from '../support/index.ts'
import { casesFor, EXPECTED } from './cases.ts'

/* The same program in every way in which people run programs, on this Node and on those of MANYCORE_NODES (paths). */

const others = (process.env['MANYCORE_NODES'] ?? '').split(delimiter).filter(path => path !== '')
if (others.length === 0) console.log('MANYCORE_NODES is not set: only this Node is tried')

for (const node of new Set([process.execPath, ...others])) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  suite(`Node ${version}`, () => {
    for (const { name, source, options, check, printsMore } of casesFor(node, version)) {
      const skip = process.platform === 'win32' && options.node === '/bin/sh'
      test(name, { timeout: 60_000, skip }, async () => {
        const result = await runProgram(source, { ...options, timeout: 40_000 })
        const { code, stdout, stderr, late, left } = result
        const output = printsMore ? stdout.replace(/^# /gm, '') : stdout
        if (printsMore) assert.ok(output.includes(EXPECTED), stdout + stderr)
        else assert.equal(output, EXPECTED, stderr)
        assert.deepEqual({ code, late, left }, { code: 0, late: false, left: [] }, stderr)
        check?.(result)
      })
    }
  })
}
