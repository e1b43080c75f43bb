import { type Graph, IDS, NODES, nodeOf, PATH, PAYLOADS, pathText, ROOT } from './graph.ts'

/*
 * Where in the value a node is. Not kept in the graph, since it is asked for only when something went wrong;
 * found again then, over the payloads. Steps through kinds that keep their children in ways of their own are
 * told as well as can be: by the keys of the payload.
 */

export function findPath({ graph }: Graph, wanted: number): string {
  const [ids, payloads] = [graph[IDS] as readonly number[], graph[PAYLOADS] as readonly unknown[]]
  const steps = new Map<number, readonly (string | number)[]>()
  const root = nodeOf(graph[ROOT])
  steps.set(root, [String(graph[PATH])])
  const queue = [root]
  for (const node of queue) {
    if (node === wanted) break
    for (const [label, child] of children(ids[node], payloads[node])) {
      if (steps.has(child)) continue
      steps.set(child, [...(steps.get(node) ?? []), label])
      queue.push(child)
    }
  }
  return pathText(steps.get(wanted) ?? [String(graph[PATH]), '…'])
}

function children(id: number | undefined, payload: unknown): Iterable<readonly [string | number, number]> {
  return id === NODES ? (payload as readonly number[]).entries() : slotsIn(payload, 0)
}

/** The slots in a payload, two levels deep. */
function* slotsIn(payload: unknown, depth: number): Generator<readonly [string | number, number]> {
  if (typeof payload !== 'object' || payload === null || ArrayBuffer.isView(payload)) return
  for (const [key, item] of Object.entries(payload)) {
    const label = Array.isArray(payload) ? Number(key) : `.${key}`
    const node = nodeOf(item)
    if (Number.isInteger(node) && node >= 0 && (item as unknown[]).length === 1) yield [label, node]
    else if (depth < 2) for (const [, child] of slotsIn(item, depth + 1)) yield [label, child]
  }
}
