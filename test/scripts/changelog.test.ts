import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'

type JoinChanges = (changes: readonly { name: string; text: string }[], version: string, date: Date) => string

const ROOT = new URL('../../../', import.meta.url)
const { joinChanges } = (await import(new URL('scripts/lib/changelog.js', ROOT).href)) as {
  joinChanges: JoinChanges
}
const DATE = new Date('2026-01-02T00:00:00Z')

test('changes are sorted by kind under the version and its date', () => {
  const changes = [
    { name: 'hang.fixed.md', text: 'No hang\nat exit.\n' },
    { name: 'pool.added.md', text: 'Pools.\n' },
    { name: 'map.added.md', text: 'Map.' },
  ]
  assert.equal(
    joinChanges(changes, '1.2.0', DATE),
    '## 1.2.0 (2026-01-02)\n\n### Added\n\n- Pools.\n- Map.\n\n### Fixed\n\n- No hang\n  at exit.\n',
  )
})

test('a name without a kind is refused', () => {
  assert.throws(
    () => joinChanges([{ name: 'pool.md', text: '' }], '1.0.0', DATE),
    /pool\.md; names end in \.added\.md/,
  )
})

test('the files of this tree have names that fit', () => {
  const names = readdirSync(new URL('changes/', ROOT)).filter(name => name !== 'README.md')
  joinChanges(
    names.map(name => ({ name, text: 'x' })),
    '1.0.0',
    DATE,
  )
})
