import type { Abilities } from '../codec/index.ts'

/* What can cross a road of each kind. */

export const BETWEEN_THREADS: Abilities = { transfer: true, share: true }
export const BETWEEN_PROCESSES: Abilities = { transfer: false, share: false, views: true }
