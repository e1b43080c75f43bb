/*
 * The rows in the order of the page. `npm run bench -- <id>` runs those whose id begins with a given word.
 */
import { capture } from './capture.js'
import { cpu } from './cpu.js'
import { firstcall, recovery } from './lifecycle.js'
import { many } from './many.js'
import { map } from './map.js'
import { million } from './million.js'
import { noop } from './noop.js'
import { roundtrip } from './roundtrip.js'
import { startup } from './startup.js'
import { transfer } from './transfer.js'

export const ROWS = [
  noop,
  map,
  capture,
  roundtrip,
  cpu,
  startup,
  million,
  many,
  firstcall,
  recovery,
  transfer,
]
