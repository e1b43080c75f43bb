import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Scope, scopeAt } from '../../src/capture/bindings.ts'
import { readModule } from '../../src/capture/module-info.ts'

/** The same by looking through all. */
function slowScopeAt(scope: Scope, offset: number): Scope {
  const inner = scope.children.find(child => child.start <= offset && offset < child.end)
  return inner ? slowScopeAt(inner, offset) : scope
}

test('the innermost scope of each place, whose neighbours stand apart from it', () => {
  const source = `
    do { const a = () => 1; { let b } } while ((() => { const c = 2; return c })() < (x => x)(1))
    for (const i of [() => 2].map(f => f())) { class K extends (class {}) { static { var s } #p = () => i; m(q = () => q) {} } }
    switch ((() => 1)()) { case 1: { let d } default: try { } catch (e) { (() => e)() } finally { let g } }
    const { h = () => 1, [(() => 'k')()]: k } = { k() { return \`\${(() => 2)()} \${(() => 3)()}\` } }
    export default function named(z = () => z) { var z2 = z ? () => 1 : () => 2 }
  `
  const root = readModule(source, 'module')?.analysis.root as Scope
  assert.ok(root)
  for (let offset = 0; offset < source.length; offset++)
    assert.equal(scopeAt(root, offset), slowScopeAt(root, offset), `at ${source.slice(offset, offset + 20)}`)
})

test('a bundle with tens of thousands of names on its top level is read in a second or two', () => {
  const names = Array.from({ length: 40_000 }, (_, i) => `const f${i} = x => x + ${i}`)
  const started = performance.now()
  const info = readModule(`${names.join('\n')}\nexport { f1, f39999 }`, 'module')
  const took = performance.now() - started
  assert.deepEqual(
    info?.exports.map(({ exported }) => exported),
    ['f1', 'f39999'],
  )
  assert.ok(took < 8000, `${took} ms`)
})
