import {
  CALLS,
  CHUNK_OUTCOME,
  type ChunkOutcome,
  PACKED,
  RESULTS,
  STRIDE,
  type ToProgram,
  type ToWorker,
  VALUE,
  VALUE_PACKED,
} from '../wire/index.ts'

/** What users' values are in a message, and whether as packed graphs. Gives what is to go in their place. */
type Change = (value: unknown, packed: boolean) => unknown

/** The list of calls or results in a message of the program, or of a worker. */
function listOf(message: ToWorker | ToProgram, fromWorker: boolean): readonly unknown[] | undefined {
  if (fromWorker) return message[0] === RESULTS ? (message[1] as readonly unknown[]) : undefined
  return message[0] === CALLS ? (message[2] as readonly unknown[]) : undefined
}

/** Shows `change` each payload of a message. The message with other payloads, or itself where nothing changed. */
export function changePayloads<M extends ToWorker | ToProgram>(
  message: M,
  fromWorker: boolean,
  change: Change,
): M {
  const list = listOf(message, fromWorker)
  if (!list) return message
  let changed: unknown[] | undefined
  for (let at = 0; at < list.length; at += STRIDE) {
    const payload = list[at + 2]
    if (typeof payload !== 'object' || payload === null) continue
    const how = list[at + 1] as number
    const other = fromWorker ? changeResult(how, payload, change) : change(payload, (how & PACKED) !== 0)
    if (other === payload) continue
    changed ??= [...list]
    changed[at + 2] = other
  }
  if (!changed) return message
  return (message as readonly unknown[]).with(fromWorker ? 1 : 2, changed) as unknown as M
}

function changeResult(how: number, payload: object, change: Change): unknown {
  if (how === VALUE || how === VALUE_PACKED) return change(payload, how === VALUE_PACKED)
  if (how !== CHUNK_OUTCOME) return payload
  const outcome = payload as ChunkOutcome
  const [all, packed] = outcome
  if (!packed) {
    const values = change(all, false)
    return values === all ? outcome : (outcome as readonly unknown[]).with(0, values)
  }
  let values: unknown[] | undefined
  for (const place of packed) {
    const other = change(all[place], true)
    if (other === all[place]) continue
    values ??= [...all]
    values[place] = other
  }
  return values ? (outcome as readonly unknown[]).with(0, values) : outcome
}
