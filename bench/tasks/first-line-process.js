import { writeSync } from 'node:fs'

const at = Number(process.hrtime.bigint()) / 1e6
writeSync(3, String(at))
