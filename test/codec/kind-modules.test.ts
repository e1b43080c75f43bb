import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Graph, needsOf, pack, prepare, registerKind } from '../../src/codec/index.ts'
import { PROCESS } from './roads.ts'

class Lamp {}

const module = `data:text/javascript,${encodeURIComponent('globalThis.lampModuleRan = (globalThis.lampModuleRan ?? 0) + 1')}`
registerKind<Lamp, string>({
  name: 'lamp',
  module,
  claims: value => value instanceof Lamp,
  pack: () => 'lit',
  make: () => new Lamp(),
})

function packed(): Graph {
  return pack([new Lamp(), { again: new Lamp() }], { path: 'value', can: PROCESS.can }) as Graph
}

test('a kind that says its module is asked for, once per value', () => {
  assert.deepEqual(needsOf(packed()), [{ kind: 'lamp', from: module }])
})

test('where it is known nothing is loaded', () => {
  assert.equal(prepare(packed()), undefined)
})

test('where it is not known its module is loaded first', { timeout: 30_000 }, async () => {
  const { graph } = packed()
  const needs = [...(graph[2] as unknown[])]
  needs[1] = { kind: 'a lamp of tomorrow', from: module }
  await prepare({ graph: graph.with(2, needs) })
  assert.equal((globalThis as { lampModuleRan?: number }).lampModuleRan, 1)
})
