/**
 * capture: a function → something portable → a function again.
 *
 *    pool ──fn──► capture ──pack──► codec ──asks──► function kind ──► inspect, scripts, parse   (what is it?)
 *                                                        │                    by-reference, by-value
 *                            Portable { hash, graph } ◄──┘
 *    ═══ crosses ═══
 *    worker ──graph──► codec prepare ──► modules   (imports)
 *                      codec unpack  ──► rebuild   (vm.Script) ──► the function
 *
 * Invariants
 * - An export of a module other than the entry script goes by reference; everything else by value. The entry script
 *   never runs in a worker, also not through a module that imports it.
 * - Values are taken while `capture` runs; nothing is read later. What can't travel is refused there.
 * - `stable` is said only where nothing that the function captures can change.
 * - A guest in this thread: no Debugger left on, no handle kept, no warning of Node's shown.
 * - acorn, node:inspector and node:vm load at the first use.
 */
import './kinds.ts'

export { capture, type CaptureOptions, type Portable } from './capture.ts'
export { packAs } from './walks.ts'
export { publishExports, shareOwn, shareOwnLater } from './own-functions.ts'
export { adoptCaptureBoot, captureBoot } from './entry.ts'
export { explain, type Report, type ReportNode, type Way } from './explain.ts'
export { byReference, byValue } from './force.ts'
export { guardLoading } from './at-once.ts'
export { privateNameUsedBy } from './instances.ts'
export { functionToRehearse, rehearseLoading } from './rehearsal.ts'
export { TOO_EARLY } from './refusals.ts'
export { TextStore } from './texts.ts'
export { type LoadedExport, loadExport } from './load-export.ts'
