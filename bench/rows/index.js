/*
 * The rows in the order of the page. `npm run bench -- <id>` runs those whose id begins with a given word.
 */
import { capture } from './capture.js'
import { pipe, queue } from './channels.js'
import { cpu } from './cpu.js'
import { executor } from './executor.js'
import { firstcall, footprint, recovery } from './lifecycle.js'
import { factorial, load, mixed } from './load.js'
import { lock } from './lock.js'
import { many } from './many.js'
import { map } from './map.js'
import { million } from './million.js'
import { noop } from './noop.js'
import { auto, spares } from './numbers.js'
import { roundtrip } from './roundtrip.js'
import { array, sharing, value } from './shared.js'
import { start } from './start.js'
import { startup } from './startup.js'
import { transfer } from './transfer.js'
import { wakeup } from './wakeup.js'
import { written } from './written.js'

export const ROWS = [
  noop,
  map,
  capture,
  written,
  executor,
  roundtrip,
  factorial,
  mixed,
  load,
  cpu,
  auto,
  startup,
  start,
  million,
  many,
  firstcall,
  recovery,
  spares,
  footprint,
  transfer,
  value,
  array,
  sharing,
  lock,
  wakeup,
  queue,
  pipe,
]
