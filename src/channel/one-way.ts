import { WeakTable } from '../base/index.ts'
import { Channel, type Parts } from './channel.ts'

const known = new WeakTable<Channel>()

/** The channel of a pipe's direction: one in each thread, whichever of its ends the thread has. */
export function channelFor(parts: Parts): Channel {
  const { id } = parts.cell
  const there = known.get(id)
  if (there) return there
  const channel = new Channel(parts, { name: 'the connection', growth: 'to-fit' })
  known.set(id, channel)
  return channel
}
