// @ts-check
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './test-files.js'

/**
 * Writes a page that a script makes, or with `check` compares it with the one in the tree.
 * Gives what is wrong, or nothing.
 * @param {string} path      from the package's folder
 * @param {string} text
 * @param {{ check: boolean, command: string }} options   `command` makes the page anew
 * @returns {string | undefined}
 */
export function writeOrCheck(path, text, { check, command }) {
  const file = join(ROOT, path)
  if (!check) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return undefined
  }
  const difference = firstDifference(existsSync(file) ? readFileSync(file, 'utf8') : '', text)
  return difference && `${path} is out of date: ${difference}\n  Run: ${command}`
}

/**
 * Where a page differs from what it should be, or nothing.
 * @param {string} page
 * @param {string} text
 */
export function firstDifference(page, text) {
  if (page === text) return undefined
  if (page === '') return 'it is missing'
  const has = page.split('\n')
  const wants = text.split('\n')
  const line = wants.findIndex((want, index) => want !== has[index])
  const at = line < 0 ? wants.length : line
  return `line ${at + 1} is\n    ${has[at] ?? '(end of file)'}\n  but should be\n    ${wants[at] ?? '(end of file)'}`
}

/**
 * For a script that makes one page: writes or checks it by its `--check` argument, tells, and sets the exit code.
 * @param {string} path
 * @param {string} text
 * @param {string} command
 */
export function pageScript(path, text, command) {
  const problem = writeOrCheck(path, text, { check: process.argv.includes('--check'), command })
  if (problem) console.error(problem)
  else console.log(`${path} ${process.argv.includes('--check') ? 'is up to date' : 'written'}`)
  process.exitCode = problem ? 1 : 0
}
