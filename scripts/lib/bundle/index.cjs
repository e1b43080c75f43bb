/*
 * The library, for `require`. Tools with a loader of their own, such as Jest, get it by Node's, which is behind their
 * replacements: the functions of Node's modules come from where the real `process` is.
 */
let real = process
try {
  real = require('node:events').constructor('return process')()
} catch {
  // Text may not become code here.
}
module.exports = real.getBuiltinModule('node:module').createRequire(__filename)('./load.cjs').loadFaces()
