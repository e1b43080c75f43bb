/*
 * The library's names, for `import`.
 *
 * By Node's own `require`, also where a tool has put another in its place, and its own `process`: so there is one copy
 * of everything in a thread.
 */
const { getBuiltinModule } = theProcess()
const { createRequire } = getBuiltinModule('node:module')
// The names follow: scripts/bundle.js writes them here.
// oxlint-disable-next-line no-unused-vars
const library = createRequire(import.meta.url)('./load.cjs').loadFaces()

function theProcess() {
  try {
    return process.getBuiltinModule('node:events').constructor('return process')()
  } catch {
    return process // Text may not become code here.
  }
}
