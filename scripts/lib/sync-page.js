// @ts-check
/*
 * The page on how locks work: what can't be seen in the code at a glance, and the tables of states.
 */
import { section } from './states-page.js'

/** @param {readonly import('./states-page.js').StateTable[]} tables */
export function syncPage(tables) {
  return `# Locks

<!-- Made by scripts/sync-states.js from the tables in src/sync/states.ts; edit them there, the prose in scripts/lib/sync-page.js. -->

A lock is a few 32-bit words that threads and processes share. Everything is done through \`Cells\` (operations on words)
and \`Seats\` (who is alive, whose event loop to ring), so the same code runs between threads, between processes, and in the
step explorer of the tests.

\`\`\`
 word 0  STATE     ABANDONED  BELL  SLEEP  HANDOFF  low 28 bits: the holder's seat, or the units left
 word 1  GRANTEE   the seat that the next turn is kept for
 word 2  LANES     the event loops that want to be rung, one bit each (word 3: those from 32 on)
\`\`\`

- **Nobody waits:** taking and releasing are one compare-and-exchange each.
- **Somebody waits:** a thread that may block sets SLEEP and sleeps on the word. An event loop sets its bit in LANES, then
  BELL, and goes on with other things until it is rung. Both look again at the word after that, and at the latest every
  40 ms: so a wake-up that a dying thread took with it costs some time and nothing else.
- **Who comes may go first.** A strict order would cost a change of thread for each turn. Who has waited for a
  millisecond on an event loop, or 50 ms asleep, asks for the next turn (HANDOFF, GRANTEE); it is then kept for it, at most
  10 ms, so that a blocked event loop can't stop everybody.
- **A holder dies:** its seat is dead, which whoever waits sees when it looks. It frees the lock in the dead one's name
  and sets ABANDONED, which each holder from then on is told by \`guard.abandoned\`, until one calls \`markConsistent()\`.
- **A task, not a thread:** the tasks of one thread stand in a line of their own, and only the first competes with others.
- **A condition** has a pair of words for each thread that waits: how many of its tasks wait, and how many of them have been
  notified. Both change with the lock in hand, so notices are exact; pairs of the dead are passed over.
- **A barrier** has an inner lock. If that one is abandoned, a party died while it came or went: the barrier is broken.
  Parties that came to a round or to the one before are known by their seats. One whose program ends by itself (exit code 0)
  has left and is not missed; one that is killed is, also by whoever comes last or has run the action. (Of more than 100
  threads at a time, the later ones are not.)
- **A semaphore** does not know who took its units: as in Python they may be given back by anybody, so those of a dead thread
  stay taken. **A bounded one** knows: each thread has a pair of words with how many it took less those it gave back. When
  nothing is left, a waiter that sees a dead thread among them keeps all others from taking for a moment, counts what the
  living hold, and gives back the rest. (Of more than 29 threads at a time, those of the later ones are not.)

The tests try every order of steps of every algorithm, up to a bound, with time running out and threads dying at each of
them (\`test/sync/steps\`, \`test/support/steps\`); each change of a lock's word that occurs there is a row of the first table.
${tables.map(section).join('')}`
}
