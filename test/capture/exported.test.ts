import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capture } from '../../src/capture/index.ts'
import type { Graph } from '../../src/codec/index.ts'

/*
 * An export that is told by what stands before the function is the same that a parse of its module finds.
 */

interface Node {
  readonly by: string
  readonly name?: string
}

const FIXTURE = new URL('../../../test/capture/fixtures/exported.mjs', import.meta.url).href

function nodeOf(fn: unknown): Node {
  const { graph } = capture(fn as Function, 'pool.map', { transfer: true, share: true }) as { graph: Graph }
  return (graph.graph[5] as Node[])[0] as Node
}

test('under its own name, by reference', async () => {
  const module = (await import(FIXTURE)) as Record<string, unknown>
  for (const name of [
    'plain',
    'waits',
    'steps',
    'Thing',
    'arrow',
    'written',
    'second',
    'wrapped',
    'default',
    'other',
  ]) {
    const { by, name: exported } = nodeOf(module[name])
    assert.deepEqual([by, exported], ['export', name], name)
  }
})

test('what its variable does not hold any more goes under another name, or by value', async () => {
  const { first, changed, old, held } = (await import(FIXTURE)) as {
    first: Function
    changed: Function
    old: Function
    held: { old: Function }
  }
  assert.deepEqual([nodeOf(first).by, nodeOf(first).name], ['export', 'first'])
  assert.deepEqual([nodeOf(changed).by, nodeOf(changed).name], ['export', 'changed'])
  assert.deepEqual([nodeOf(old).by, nodeOf(old).name], ['export', 'old'])
  assert.equal(nodeOf(held.old).by, 'text')
})

test('`export default name`, whose variable the engine does not show, goes by reference too', async () => {
  const fixture = async (name: string): Promise<unknown> => {
    const url = new URL(`../../../test/capture/fixtures/${name}.mjs`, import.meta.url).href
    return ((await import(url)) as { readonly default: unknown }).default
  }
  for (const name of ['default-class', 'default-arrow']) {
    const { by, name: exported } = nodeOf(await fixture(name))
    assert.deepEqual([by, exported], ['export', 'default'], name)
  }
  assert.notEqual(nodeOf(await fixture('default-assigned')).by, 'export')
})
