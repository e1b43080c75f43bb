/*
 * npm run bench: installs the other libraries into bench/ on first use, then runs bench/main.js.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const bench = new URL('../bench/', import.meta.url)
const run = (command, args, cwd) =>
  spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' })

/** npm writes its own record of what it installed: older than the lock file means out of date. */
function installed() {
  const record = new URL('node_modules/.package-lock.json', bench)
  return (
    existsSync(record) && statSync(record).mtimeMs >= statSync(new URL('package-lock.json', bench)).mtimeMs
  )
}

if (!installed()) {
  console.error('installing the other libraries into bench/ …')
  const { status } = run('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], fileURLToPath(bench))
  if (status !== 0) process.exit(status ?? 1)
}
const main = spawnSync(
  process.execPath,
  [fileURLToPath(new URL('main.js', bench)), ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
process.exit(main.status ?? 1)
