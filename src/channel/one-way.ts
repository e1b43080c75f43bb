import { Channel, type Parts } from './channel.ts'

const known = new Map<string, WeakRef<Channel>>()
const dropped = new FinalizationRegistry<string>(id => {
  if (!known.get(id)?.deref()) known.delete(id)
})

/** The channel of a pipe's direction: one in each thread, whichever of its ends the thread has. */
export function channelFor(parts: Parts): Channel {
  const { id } = parts.cell
  const there = known.get(id)?.deref()
  if (there) return there
  const channel = new Channel(parts, { name: 'the connection', growth: 'to-fit' })
  known.set(id, new WeakRef(channel))
  dropped.register(channel, id)
  return channel
}
