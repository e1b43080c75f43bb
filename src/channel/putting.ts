import type { WaitOptions } from '../base/index.ts'
import { type Graph, takeBack } from '../codec/index.ts'
import type { BlockingOptions } from '../sync/index.ts'
import type { Channel, Gate } from './channel.ts'
import type { Message } from './message.ts'

/*
 * Puts into a channel. A connection in a message counts as held while it is on its way: not if that failed.
 */

/** See `Channel.put`. */
export function put(
  channel: Channel,
  message: Message,
  options: WaitOptions,
  gate: Gate,
): Promise<void> | undefined {
  const { graph } = message
  return graph ? putGraph(channel, message, graph, options, gate) : channel.put(message, options, gate)
}

async function putGraph(
  channel: Channel,
  message: Message,
  graph: Graph,
  options: WaitOptions,
  gate: Gate,
): Promise<void> {
  try {
    await channel.put(message, options, gate)
  } catch (error) {
    takeBack(graph)
    throw error
  }
}

/** See `Channel.putSync`. */
export function putSync(
  channel: Channel,
  message: Message,
  call: string,
  options: BlockingOptions,
  gate: Gate,
): void {
  const { graph } = message
  try {
    channel.putSync(message, call, options, gate)
  } catch (error) {
    takeBack(graph)
    throw error
  }
}
