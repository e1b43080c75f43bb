import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const pages = [
  ...readdirSync(ROOT).filter(name => name.endsWith('.md')),
  ...['docs', 'changes', 'examples'].flatMap(folder =>
    existsSync(join(ROOT, folder))
      ? readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
          .filter(name => name.endsWith('.md') && !name.includes('node_modules'))
          .map(name => join(folder, name))
      : [],
  ),
]

/** The anchors that a page's headings get. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
}

for (const page of pages) {
  test(`the links of ${page} lead somewhere`, () => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    const links = text.replace(/```.*?```/gs, '').matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g)
    for (const [, link = ''] of links) {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path)
      assert.ok(existsSync(target), `${page}: ${link} is not there`)
      if (anchor !== undefined && target.endsWith('.md')) {
        const known = anchors(readFileSync(target, 'utf8'))
        assert.ok(known.includes(anchor), `${page}: ${link} names no heading of that page`)
      }
    }
  })
}
