import { JoinableQueue, Pipe, Process, Queue } from 'manycore'

/*
 * Producers and consumers that are killed at random moments. What was put completely arrives exactly once, unless a
 * consumer that had taken it was killed; nothing is torn, nothing hangs.
 */

export interface KillReport {
  readonly rounds: number
  readonly kills: number
  readonly messages: number
  readonly wrong: string[]
}

/** A message that shows if it is torn: the number, and that number again and again. */
type Message = readonly [producer: number, number: number, bytes: Buffer]

function torn([producer, number, bytes]: Message): boolean {
  return bytes.some(byte => byte !== ((producer * 31 + number) & 0xff))
}

async function produce(queue: Queue<Message>, told: Queue<number>, producer: number): Promise<void> {
  await told.put(-1)
  for (let i = 0; ; i++) {
    const bytes = Buffer.alloc(1 + ((i * 7919) % 20_000), (producer * 31 + i) & 0xff)
    // Both forms, as both lock in their own way.
    if (i % 2 === 0) queue.putSync([producer, i, bytes])
    else await queue.put([producer, i, bytes])
  }
}

async function consume(queue: Queue<Message>): Promise<void> {
  for (let i = 0; ; i++) {
    if (i % 2 === 0) queue.getSync()
    else await queue.get()
  }
}

/** Kills producers, consumers and holders of a pipe's end, `rounds` times or until `time` milliseconds are over. */
export async function killSome(options: {
  rounds: number
  time?: number
  random: () => number
}): Promise<KillReport> {
  const { rounds, random } = options
  const end = performance.now() + (options.time ?? Number.POSITIVE_INFINITY)
  const wrong: string[] = []
  let [kills, messages, round] = [0, 0, 0]
  const queue = new Queue<Message>(64)
  for (; round < rounds && performance.now() < end; round++) {
    const told = new Queue<number>()
    const producers = [0, 1].map(i =>
      new Process({ target: produce, args: [queue, told, round * 2 + i] }).start(),
    )
    const consumer = random() < 0.5 ? new Process({ target: consume, args: [queue] }).start() : undefined
    for (const _ of producers) await told.get({ timeout: 20_000 })
    const last = new Map<number, number>()
    const take = async (timeout: number): Promise<boolean> => {
      const message = await queue.get({ timeout }).catch((error: { code?: string }) => {
        if (error.code !== 'QUEUE_EMPTY') wrong.push(`get: ${error.code}`)
        return undefined
      })
      if (!message) return false
      messages++
      if (torn(message)) wrong.push(`torn: ${message[0]} ${message[1]}`)
      const newest = last.get(message[0]) ?? -1
      const gap = message[1] - newest
      if (gap < 1) wrong.push(`doubled or out of order: ${message[0]} ${message[1]} after ${newest}`)
      if (gap > 1 && !consumer) wrong.push(`lost: ${message[0]} ${newest + 1} to ${message[1] - 1}`)
      last.set(message[0], message[1])
      return true
    }
    const until = performance.now() + random() * 60
    let taken = 0
    while (performance.now() < until || (taken < 3 && performance.now() < end)) if (await take(20)) taken++
    for (const victim of [...producers, ...(consumer ? [consumer] : [])]) {
      victim.kill()
      kills++
      // The others go on meanwhile.
      for (let i = 0; i < 3; i++) await take(20)
    }
    for (const victim of [...producers, ...(consumer ? [consumer] : [])]) await victim.join()
    while (await take(0));
    if (queue.qsize() !== 0) wrong.push(`${queue.qsize()} messages that nobody can get`)
    await queue.put([-1, 1, Buffer.alloc(1, -30 & 0xff)])
    if (!(await queue.get({ timeout: 5000 }))) wrong.push('the queue does not work any more')
  }
  return { rounds: round, kills, messages, wrong }
}

/** Kills a worker that has taken items and not said that they are done. */
export async function killTaker(): Promise<{ code: unknown; count: unknown }> {
  const queue = new JoinableQueue<number>()
  const taken = new Queue<number>()
  for (let i = 0; i < 5; i++) await queue.put(i)
  const take = async (): Promise<never> => {
    for (let i = 0; i < 3; i++) await taken.put(await queue.get())
    queue.taskDone()
    await taken.put(-1)
    return new Promise(() => setInterval(() => {}, 1000))
  }
  const worker = new Process({ target: take }).start()
  while ((await taken.get()) >= 0);
  worker.kill()
  await worker.join()
  for (let i = 0; i < 2; i++) {
    await queue.get()
    queue.taskDone()
  }
  return queue.join({ timeout: 10_000 }).then(
    () => ({ code: 'joined', count: 0 }),
    (error: { code: unknown; count: unknown }) => ({ code: error.code, count: error.count }),
  )
}

/** Kills the process at the other end of a pipe while it sends. */
export async function killSender(): Promise<number> {
  const [here, there] = Pipe<never, Buffer>()
  const send = async (end: typeof there): Promise<void> => {
    for (let i = 0; ; i++) await end.send(Buffer.alloc(50_000, i & 0xff))
  }
  const worker = new Process({ target: send, args: [there] }).start()
  there.close()
  let count = 0
  for await (const bytes of here) {
    if (bytes.some(byte => byte !== (count & 0xff))) throw new Error(`message ${count} is torn`)
    if (++count === 100) worker.kill()
  }
  await worker.join()
  return count
}
