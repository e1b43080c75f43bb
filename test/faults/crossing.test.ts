import { eachKind } from '../support/index.ts'
import { IN_ARGUMENTS, IN_RESULT, type Way } from './cells.ts'
import { Bomb, type Fault, resultThatPacks, resultWithTrap, withArgument } from './fixtures/misdeeds.ts'
import { declarePlace } from './places.ts'

/* The user's code that runs while a value crosses: unpack() of a class, pack() of a class, a getter. */

const FAULTS: readonly Fault[] = ['throws', 'exits', 'is killed', 'runs out of memory', 'never answers']
const WAYS: readonly Way[] = ['apply', 'map in one chunk', 'imap']

eachKind(kind => {
  const bomb = (fault: Fault): unknown => new Bomb('unpack', fault)
  const itself = (fault: Fault): unknown => fault
  const places = [
    { name: 'arguments, put together in the worker', fn: withArgument, bad: bomb, expected: IN_ARGUMENTS },
    { name: 'result, taken apart in the worker', fn: resultThatPacks, bad: itself, expected: IN_RESULT },
    { name: 'result, read in the worker', fn: resultWithTrap, bad: itself, expected: IN_RESULT },
  ]
  for (const [turn, place] of places.entries())
    declarePlace(kind, { ...place, faults: FAULTS }, WAYS, { turn, of: 3 })
})
