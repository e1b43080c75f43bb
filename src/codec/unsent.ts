import type { Graph } from './graph.ts'

/*
 * Some kinds count what of them is on its way. A graph that is not sent after all has to take that back.
 */

const undoings = new WeakMap<Graph, readonly (() => void)[]>()
const sent = new WeakSet<Graph>()

/** What is to be called if the graph is not sent. */
export function noteUndoing(graph: Graph, undoing: readonly (() => void)[]): void {
  if (undoing.length > 0) undoings.set(graph, undoing)
}

/** Does anything of it count as on its way? */
export function isCounted(graph: Graph): boolean {
  return undoings.has(graph)
}

/** It was sent: `takeBackUnsent` does nothing to it from now on. */
export function noteSent(graph: Graph): void {
  sent.add(graph)
}

/** As `takeBack`, of a graph that may have been sent at an earlier time: it is on its way then, or was. */
export function takeBackUnsent(graph: Graph): void {
  if (!sent.has(graph)) takeBack(graph)
}

/** This graph, or a value that needed none, is not sent after all. */
export function takeBack(graph: Graph | undefined): void {
  const undoing = graph && undoings.get(graph)
  if (!undoing) return
  undoings.delete(graph)
  for (const undo of undoing) undo()
}
