/*
 * Which program stands for which contestant.
 */
import { fileURLToPath } from 'node:url'
import { LIBRARIES } from '../adapters/index.js'

const program = name => fileURLToPath(new URL(`../programs/${name}`, import.meta.url))

/** Any program of `programs/` run by this Node. */
export function nodeSpec(label, name, args, question) {
  return { label, command: process.execPath, args: [program(name), ...args.map(String)], question }
}

/** The specs of the libraries of one kind on the same question. */
export function librarySpecs(
  kind,
  { workers = 2, task = 'noop', binary = false, question, only, except = [] },
) {
  return LIBRARIES[kind]
    .filter(({ library }) => (only === undefined || only.includes(library)) && !except.includes(library))
    .map(({ library, label }) =>
      nodeSpec(label, 'pool.js', [library, kind, workers, task, binary ? 'binary' : 'plain'], question),
    )
}

export const PYTHON = 'Python multiprocessing.Pool'

export const PYTHON_EXECUTOR = 'Python ProcessPoolExecutor'

/** Python's spec, or none where there is no Python: the table then says so. */
export function pythonSpecs(python, question, workers = 2) {
  return pythonProgram(python, PYTHON, 'python_pool.py', question, [workers])
}

/** The same with a start method of its own: 'fork' or 'spawn'. */
export function pythonMethodSpecs(python, method, question, workers = 2) {
  return pythonProgram(python, pythonWith(method), 'python_pool.py', question, [workers, method])
}

export const pythonWith = method => `${PYTHON}, ${method}`

/** The same for `concurrent.futures`. */
export function pythonExecutorSpecs(python, question, workers = 2) {
  return pythonProgram(python, PYTHON_EXECUTOR, 'python_executor.py', question, [workers])
}

/** The same for any program in Python. */
export function pythonProgram(python, label, name, question, args = []) {
  if (python === undefined) return []
  return [{ label, command: python.command, args: [program(name), ...args.map(String)], question }]
}
