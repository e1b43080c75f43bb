// @ts-check
/*
 * npm run bench: installs the other libraries into bench/ on first use, then runs bench/main.js.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { installOwnPackages } from './lib/own-packages.js'
import { ROOT } from './lib/test-files.js'

const BENCH = join(ROOT, 'bench')

process.exitCode = main()

function main() {
  if (!installOwnPackages(BENCH)) return 1
  const args = [join(BENCH, 'main.js'), ...process.argv.slice(2)]
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
}
