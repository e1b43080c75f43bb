import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const ROOT = new URL('../../../', import.meta.url)
const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
  readFileSync(new URL('package.json', ROOT), 'utf8'),
) as {
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const page = readFileSync(new URL('docs/internals/dependencies.md', ROOT), 'utf8')
const [users = '', developers = ''] = page.split(/^## What the project is built/m)

/** The packages with a paragraph of some length. */
function explained(part: string): string[] {
  const parts = [...part.matchAll(/^### (\S+)\n\n([^#]+)/gm)]
  return parts.filter(([, , text = '']) => text.length > 40).map(([, name = '']) => name)
}

test('each package that users install has its paragraph, and each paragraph its package', () => {
  assert.deepEqual(
    explained(users).toSorted(),
    Object.keys({ ...dependencies, ...optionalDependencies }).toSorted(),
  )
})

test('each package for development has its paragraph, and each paragraph its package', () => {
  assert.deepEqual(explained(developers).toSorted(), Object.keys(devDependencies).toSorted())
})

/** Have an install script that does not have to run: what it would build comes ready-made. */
const WORK_WITHOUT = ['node_modules/koffi']

test('no package that users install needs its install script', () => {
  const lock = JSON.parse(readFileSync(new URL('package-lock.json', ROOT), 'utf8')) as {
    packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>
  }
  const scripted = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript && !entry.dev)
  assert.deepEqual(
    scripted.map(([path]) => path),
    WORK_WITHOUT,
  )
})
