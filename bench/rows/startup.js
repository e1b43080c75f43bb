import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fairEnvironment } from '../lib/environment.js'
import { ratioTarget, table } from '../lib/table.js'

const IMPORT = ['--input-type=module', '-e', "import 'manycore'"]
/** Nothing of the library is kept in compiled form, as in the first program of all. */
const NOTHING_KEPT = { NODE_DISABLE_COMPILE_CACHE: '1' }
/** A program that keeps it. */
const KEEP = [
  '--input-type=module',
  '-e',
  "import { Thread } from 'manycore'; await new Thread({ target: () => 1 }).start().result()",
]
const VARIANTS = [
  { label: 'manycore: import', args: IMPORT },
  { label: 'manycore: import, nothing kept', args: IMPORT, more: NOTHING_KEPT },
  { label: 'bare: node -e 0', args: ['-e', '0'] },
  { label: 'bare: node with an empty module', args: ['--input-type=module', '-e', '0'] },
]

export const startup = {
  id: 'startup',
  title: 'Start-up',
  about: [
    'A whole run of `node --input-type=module -e "import \'manycore\'"` against `node -e 0`, one after the other, ' +
      'many times. The last line, an empty module, is what Node itself takes to start its module loader.',
    'The first program that starts a worker keeps the library in compiled form; the second line is without that, as in ' +
      'the first program after an installation.',
  ],
  async run({ rounds, quick, onTurn }) {
    const runs = quick ? rounds * 5 : rounds * 7
    const cwd = fileURLToPath(new URL('../../', import.meta.url))
    const env = fairEnvironment()
    spawnSync(process.execPath, KEEP, { cwd, env })
    const series = VARIANTS.map(({ label }) => ({
      label,
      ours: label.startsWith('manycore'),
      baseline: label.startsWith('bare'),
      samples: [],
    }))
    for (let round = -2; round < runs; round++) {
      for (const [index, { args, label, more }] of VARIANTS.entries()) {
        onTurn?.(label, round)
        const started = performance.now()
        const { status, stderr } = spawnSync(process.execPath, args, { cwd, env: { ...env, ...more } })
        const ms = performance.now() - started
        if (status !== 0) series[index].error ??= whyFailed(stderr, cwd) ?? `ended with ${status}`
        else if (round >= 0) series[index].samples.push(ms)
      }
    }
    const result = table({
      id: 'startup',
      title: "Start-up with import 'manycore'",
      unit: 'ms',
      better: 'lower',
      series,
    })
    ratioTarget(result, 'manycore: import', 'bare: node -e 0', { atMost: 1.2 })
    return [result]
  },
}

/** The line of stderr that names the error, without the folders of this machine. */
function whyFailed(stderr, folder) {
  return /.*Error.*/.exec(String(stderr))?.[0].replaceAll(folder, '')
}
