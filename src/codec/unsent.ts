import type { Graph } from './graph.ts'

/*
 * Some kinds count what of them is on its way. A graph that is not sent after all has to take that back.
 */

const undoings = new WeakMap<Graph, readonly (() => void)[]>()

/** What is to be called if the graph is not sent. */
export function noteUndoing(graph: Graph, undoing: readonly (() => void)[]): void {
  if (undoing.length > 0) undoings.set(graph, undoing)
}

/** This graph, or a value that needed none, is not sent after all. */
export function takeBack(graph: Graph | undefined): void {
  const undoing = graph && undoings.get(graph)
  if (!undoing) return
  undoings.delete(graph)
  for (const undo of undoing) undo()
}
