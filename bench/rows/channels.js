import { interleave } from '../lib/interleave.js'
import { nodeSpec, pythonProgram } from '../lib/specs.js'
import { ratioTarget, seriesOf, table } from '../lib/table.js'

/** How many messages of a size: some tenths of a second. `queue`, `pipe`: how many times Python's rate is wanted. */
const SIZES = [
  { id: '16', name: '16 bytes', size: 16, count: 100_000, queue: 12, pipe: 3 },
  { id: '1k', name: '1 KiB', size: 2 ** 10, count: 100_000, queue: 12, pipe: 3 },
  { id: '64k', name: '64 KiB', size: 2 ** 16, count: 5000, queue: 4, pipe: 3 },
  { id: '1m', name: '1 MiB', size: 2 ** 20, count: 500, queue: 6, pipe: 3 },
  { id: '64m', name: '64 MiB', size: 2 ** 26, count: 10, queue: 4 },
  { id: 'object', name: 'small objects', size: 'object', count: 50_000, queue: 4 },
]
/** Python gets fewer, for the same time. */
const SLOWER = 5

const OURS = { sync: 'both sides blocking', awaited: 'both sides awaiting' }

function row(id, { title, about, python }) {
  return {
    id,
    title,
    about,
    async run({ rounds, quick, python: command, onTurn }) {
      const tables = []
      for (const size of SIZES.filter(({ [id]: wanted }) => wanted !== undefined)) {
        const count = Math.max(5, Math.round(quick ? size.count / 10 : size.count))
        const question = { measure: id, size: size.size, count }
        const label = form => `manycore ${title.split(' ')[0]}, ${OURS[form]}`
        const specs = [
          ...Object.keys(OURS).map(form => nodeSpec(label(form), 'channels.js', [form], question)),
          ...pythonProgram(command, python, 'python_channels.py', {
            ...question,
            count: Math.max(5, Math.round(count / SLOWER)),
          }),
        ]
        const results = await interleave(specs, { rounds: Math.min(rounds, 5), deadline: 30_000, onTurn })
        const series = [...Object.keys(OURS).map(label), python].map(one => seriesOf(results, one))
        const result = table({
          id: `${id}-${size.id}`,
          title: `${title}, ${size.name}`,
          unit: 'messages/s',
          series,
        })
        ratioTarget(result, label('sync'), python, { atLeast: size[id] })
        tables.push(result)
      }
      return tables
    },
  }
}

export const queue = row('queue', {
  title: 'Queue between two processes',
  about: [
    'One process puts the same `Buffer` (Python: `bytes`), or a small object, again and again into a `Queue` ' +
      'without a limit, another gets them: messages per second from the arrival of the first on. With `putSync` and ' +
      '`getSync`, as Python does, and with `await put` and `await get`, where both event loops go on.',
  ],
  python: 'Python multiprocessing.Queue',
})

export const pipe = row('pipe', {
  title: 'Pipe between two processes',
  about: [
    'The same bytes through a one-way pipe: `sendBytes` and `recvBytes`, Python: `send_bytes`, `recv_bytes`.',
  ],
  python: 'Python multiprocessing.Pipe',
})
