/** Node 20 prints a warning of a leak where eleven wait for one signal; later ones have no such limit for signals. */
const hasLimit = Number.parseInt(process.versions.node, 10) < 22

/** Calls `abort` once when the signal is aborted; `removeEventListener` takes that back. However many wait for it. */
export function listenToAbort(signal: AbortSignal, abort: () => void): void {
  if (hasLimit) liftLimit(signal)
  signal.addEventListener('abort', abort, { once: true })
}

function liftLimit(signal: AbortSignal): void {
  try {
    process.getBuiltinModule('node:events').setMaxListeners(0, signal)
  } catch {
    // A signal of another make than Node's has no limit.
  }
}
