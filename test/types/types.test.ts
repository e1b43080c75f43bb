import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { tempDir } from '../support/index.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const TSC = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))

function compile(project: string): string {
  const { stdout, stderr, error } = spawnSync(process.execPath, [TSC, '-p', project], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (error) throw error
  return stdout + stderr
}

test('the type tests compile, each line marked @ts-expect-error being an error', { timeout: 60_000 }, () => {
  assert.ok(readdirSync(`${ROOT}/test/types/cases`).length > 0)
  assert.equal(compile('test/types/tsconfig.json'), '')
})

test('a wrong line does not compile', { timeout: 60_000 }, () => {
  const folder = tempDir()
  folder.write(
    'wrong.mts',
    "export const size: number = 'four'\n// @ts-expect-error\nexport const fine = 4\n",
  )
  const project = folder.write(
    'tsconfig.json',
    JSON.stringify({
      extends: `${ROOT}/test/types/tsconfig.json`,
      include: ['wrong.mts'],
      compilerOptions: { types: [], rootDir: '.' },
    }),
  )
  const output = compile(project)
  assert.match(output, /wrong\.mts\(1,14\): error TS2322/)
  assert.match(output, /wrong\.mts\(2,1\): error TS2578/)
})
