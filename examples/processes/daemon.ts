/*
 * What becomes of a child when its parent is done: an ordinary child keeps the program alive until it has finished,
 * a daemon child ends with it, unless somebody waits for it with `join()`.
 *
 *     node dist/examples/processes/daemon.js plain      parent done, then: child done
 *     node dist/examples/processes/daemon.js daemon     parent done
 *     node dist/examples/processes/daemon.js joined     child done, then: parent done
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Process } from 'manycore'

async function work(): Promise<void> {
  await sleep(300)
  console.log('child done')
}

const how = process.argv[2] ?? 'plain'
const child = new Process({ target: work, daemon: how !== 'plain' }).start()
if (how === 'joined') await child.join()
console.log('parent done')
