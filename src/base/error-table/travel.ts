import { CaptureError, CodecError, InternalError } from '../error-classes.ts'
import { type ErrorRow, row } from './row.ts'

/** What can't travel, and our own faults. */
export const TRAVEL = {
  // ── things that can't travel ────────────────────────────────────────────────────────────────────────────────
  CANNOT_CAPTURE: row<{
    path: string
    kind: string
    declaredAt: string | undefined
    what: string
    remedy: string
  }>(
    CaptureError,
    f =>
      `${f.what}\n  reached through: ${f.path}${f.declaredAt ? `\n  declared at ${f.declaredAt}` : ''}\n  ${f.remedy}`,
    'The error says what to change; the guide "What travels and how" has the table of all cases.',
  ),
  EXPORT_NOT_FOUND: row<{ module: string; exportName: string; exports: string }>(
    CaptureError,
    f => `${f.module} has no export ${f.exportName}; it has ${f.exports}`,
    'Check the spelling, or export the function from that module.',
  ),
  WOULD_RUN_MAIN: row<{ module: string }>(
    CaptureError,
    f => `importing ${f.module} in a worker would run your main script again`,
    'Move what the worker needs to a module that is not the main script.',
  ),
  MODULE_NOT_FOUND: row<{ module: string; reason: string }>(
    CaptureError,
    f => `the module ${f.module} could not be loaded: ${f.reason}`,
    'Check that it loads on its own: node --input-type=module -e "import(\'…\')".',
  ),
  CANNOT_CLONE: row<{ path: string; kind: string; remedy: string }>(
    CodecError,
    f => `${f.path} is ${f.kind}, which can't cross to another thread or process\n  ${f.remedy}`,
    'The error says what to do; or send plain data and make the rest on the other side.',
  ),
  CANNOT_READ: row<{ path: string; reason: string }>(
    CodecError,
    f => `${f.path} could not be read: ${f.reason}`,
    'See the cause: a getter, or the pack() of its class, threw.',
  ),
  CANNOT_SHARE_WITH_PROCESS: row<{ path: string; kind: string }>(
    CodecError,
    f => `${f.path} is ${f.kind}, whose memory only threads of one process share`,
    'Make it with new SharedArray(…), which processes share too; or send a copy: new Uint8Array(shared).slice().',
  ),
  CANNOT_SHARE_LIVE: row<{ path: string; what: string }>(
    CodecError,
    f => `${f.path} holds ${f.what}, but share() takes data alone`,
    'Capture it, or pass it as an argument, beside the shared value: it travels by itself.',
  ),

  // ── our own faults ──────────────────────────────────────────────────────────────────────────────────────────
  INTERNAL: row<{ what: string }>(
    InternalError,
    f => `this is a fault in manycore: ${f.what}`,
    'Please report it with the program that shows it.',
  ),
} as const satisfies Record<string, ErrorRow<never>>
