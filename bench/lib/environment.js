/*
 * The environment that every contestant, and so each of its workers, is started with: the one of this program
 * without what only slows or alters the start of an interpreter. Node 20 reads all certificates that
 * NODE_EXTRA_CA_CERTS names at each start of a process; a library that starts its workers with an environment
 * of its own would skip that alone, and be the quicker for losing what its user had set.
 */

/** Settings of the interpreters themselves. Where they find modules is not one: without that they may not run. */
const INTERPRETER = /^(NODE_|UV_|PYTHON)/i
const NEEDED = new Set(['NODE_PATH', 'PYTHONPATH', 'PYTHONHOME'])

export function fairEnvironment(environment = process.env) {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => NEEDED.has(name) || !INTERPRETER.test(name)),
  )
}
