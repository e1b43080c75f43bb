import type { Graph } from './graph.ts'

/*
 * A graph that is sent often and mostly not looked at: as a text it is copied as one thing, in a tenth of the time.
 */

const v8 = (): typeof import('node:v8') => process.getBuiltinModule('node:v8')

/** The graph itself, where it holds what only a message between threads can carry. */
export function asText(graph: Graph): Graph | string {
  try {
    return v8().serialize(graph).toString('latin1')
  } catch {
    return graph
  }
}

export function fromText(sent: Graph | string): Graph {
  return typeof sent === 'string' ? (v8().deserialize(Buffer.from(sent, 'latin1')) as Graph) : sent
}
