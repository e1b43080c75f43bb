/*
 * One process sends messages through a pipe, another receives them until it gets END.
 *
 *     received: hello
 *     received: hey
 *     received: hru?
 *     END came
 */
import { type Connection, Pipe, Process } from 'manycore'

async function sender(end: Connection<string>, messages: string[]): Promise<void> {
  for (const message of messages) await end.send(message)
  end.close()
}

async function receiver(end: Connection<string>): Promise<void> {
  for (;;) {
    const message = await end.recv()
    if (message === 'END') break
    console.log(`received: ${message}`)
  }
  console.log('END came')
}

const [one, other] = Pipe<string>()
const sending = new Process({ target: sender, args: [one, ['hello', 'hey', 'hru?', 'END']] }).start()
const receiving = new Process({ target: receiver, args: [other] }).start()
await Promise.all([sending.join(), receiving.join()])
