import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fairEnvironment } from '../lib/environment.js'
import { ratioTarget, table } from '../lib/table.js'

const VARIANTS = [
  { label: 'manycore: import', args: ['--input-type=module', '-e', "import 'manycore'"] },
  { label: 'bare: node -e 0', args: ['-e', '0'] },
  { label: 'bare: node with an empty module', args: ['--input-type=module', '-e', '0'] },
]

export const startup = {
  id: 'startup',
  title: 'Start-up',
  about: [
    'A whole run of `node --input-type=module -e "import \'manycore\'"` against `node -e 0`, one after the other, ' +
      'many times. The third line, an empty module, is what Node itself takes to start its module loader.',
  ],
  async run({ quick, onTurn }) {
    const runs = quick ? 15 : 50
    const cwd = fileURLToPath(new URL('../../', import.meta.url))
    const env = fairEnvironment()
    const series = VARIANTS.map(({ label }) => ({
      label,
      ours: label.startsWith('manycore'),
      baseline: label.startsWith('bare'),
      samples: [],
    }))
    for (let round = -2; round < runs; round++) {
      for (const [index, { args, label }] of VARIANTS.entries()) {
        onTurn?.(label, round)
        const started = performance.now()
        const { status, stderr } = spawnSync(process.execPath, args, { cwd, env })
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
    ratioTarget(result, VARIANTS[0].label, VARIANTS[1].label, { atMost: 1.2 })
    return [result]
  },
}

/** The line of stderr that names the error, without the folders of this machine. */
function whyFailed(stderr, folder) {
  return /.*Error.*/.exec(String(stderr))?.[0].replaceAll(folder, '')
}
