import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tempDir } from '../support/index.ts'
import { layOutApp } from './app.ts'
import { runCell } from './cell.ts'
import { judge } from './judge.ts'
import { PLAIN } from './plain-toolchains.ts'
import { App } from './toolchain.ts'

/* The cases of `npm run test:runtimes` on this Node, where they need no tool. */

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

for (const toolchain of PLAIN) {
  test(toolchain.title, { timeout: 60_000 }, async () => {
    const folder = tempDir()
    try {
      const app = new App(folder.path)
      layOutApp(folder.path, toolchain)
      await toolchain.build?.(app)
      const { problems, passed, total } = judge(
        toolchain,
        major,
        await runCell(toolchain, app, { path: process.execPath, major, minor }),
      )
      assert.deepEqual(problems, [])
      assert.equal(passed, total)
      assert.ok(total >= 300, String(total))
    } finally {
      folder.remove()
    }
  })
}
