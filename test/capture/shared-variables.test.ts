import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Packer } from '../../src/codec/index.ts'
import type { Inspected } from '../../src/capture/inspect.ts'
import { SharedVariables, type User } from '../../src/capture/shared-variables.ts'

/* A large package brings thousands of closures of one declaration: none is held against all the others. */

const packer = { path: () => ['fn'] } as unknown as Packer

function userOf(fn: Function): User {
  const declaration = { key: '7 12', once: false, witnesses: [], pattern: undefined }
  const place = { text: { url: 'file:///made.js', line: 1, column: 2 } }
  return {
    ...{ fn, text: '() => n', edits: [], name: 'n', references: [], declaration, evaluated: false },
    node: place as unknown as User['node'],
  }
}

test('the values beside a variable are read a few times, however many variables of its declaration there are', () => {
  const variables = new SharedVariables()
  const many = 1000
  let reads = 0
  for (let i = 0; i < many; i++) {
    const scope = {
      get n(): number {
        reads++
        return i
      },
    }
    const inspected: Inspected = {
      location: { scriptId: '7', line: 1, column: 2 },
      scopes: [{ description: 'Closure (make)', variables: scope }],
      bound: undefined,
    }
    assert.equal(
      variables.use(
        userOf(() => i),
        inspected,
        0,
        packer,
      ),
      false,
    )
  }
  assert.ok(reads <= 4 * many, `${reads} reads`)
})
