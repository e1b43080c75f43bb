import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const manifest = createRequire(import.meta.url).resolve('manycore/package.json')

/** The version of this package. */
export const version = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
