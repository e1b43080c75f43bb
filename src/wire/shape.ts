import {
  BEGAN,
  CHUNK_OUTCOME,
  ENDING,
  FAILED,
  OUTPUT_LOST,
  PROGRESS,
  PULSE,
  READY,
  REHEARSED,
  RESULTS,
  STRIDE,
  type ToProgram,
} from './messages.ts'

/*
 * Whether something that came whole is one of our messages. Code in a worker may write to the road with frames of its
 * own: the program must not stumble over what is in them. Packed graphs are for whoever unpacks them.
 */

/** Could a worker have said this? */
export function isToProgram(message: unknown): message is ToProgram {
  if (!Array.isArray(message)) return false
  const [kind, first, second, third, fourth] = message as readonly unknown[]
  switch (kind) {
    case RESULTS:
      return (
        areResults(first) &&
        isNumber(second) &&
        isNumber(third) &&
        (fourth === undefined || areTriples(fourth))
      )
    case BEGAN:
      return Array.isArray(first)
    case ENDING:
    case PROGRESS:
      return isNumber(first)
    case PULSE:
      return isNumber(first) && isNumber(second)
    case FAILED:
    case OUTPUT_LOST:
      return typeof first === 'object' && first !== null && 'graph' in first && Array.isArray(first.graph)
    default:
      return kind === READY || kind === REHEARSED
  }
}

function areResults(list: unknown): boolean {
  if (!areTriples(list)) return false
  for (let at = 0; at < list.length; at += STRIDE) {
    const how = list[at + 1]
    if (!isNumber(list[at]) || !isNumber(how)) return false
    if (how === CHUNK_OUTCOME && !isOutcome(list[at + 2])) return false
  }
  return true
}

function areTriples(list: unknown): list is readonly unknown[] {
  return Array.isArray(list) && list.length % STRIDE === 0
}

function isOutcome(payload: unknown): boolean {
  if (!Array.isArray(payload)) return false
  const [values, packed, failures, next, took] = payload as readonly unknown[]
  return (
    (Array.isArray(values) || values instanceof Float64Array) &&
    values.length === next &&
    isNumber(took) &&
    (packed === null || Array.isArray(packed)) &&
    (failures === null || (Array.isArray(failures) && failures.every(Array.isArray)))
  )
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
