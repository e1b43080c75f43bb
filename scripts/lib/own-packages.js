// @ts-check
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Installs what a folder with a lock file of its own needs, unless it is there. No package's script runs.
 * Gives whether all is there.
 * @param {string} folder
 */
export function installOwnPackages(folder) {
  if (isUpToDate(folder)) return true
  console.error(`installing what is used in ${folder} …`)
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) console.error('it could not be installed')
  return status === 0
}

/** npm writes its own record of what it installed: older than the lock file means out of date. @param {string} folder */
function isUpToDate(folder) {
  const record = join(folder, 'node_modules/.package-lock.json')
  return existsSync(record) && statSync(record).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs
}
