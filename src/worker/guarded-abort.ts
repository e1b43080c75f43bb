import { nextTick } from '../base/index.ts'

/**
 * Aborts; what listeners of the user's throw meanwhile becomes a warning. It would end the worker, and the tasks beside
 * the one that is to stop with it.
 */
export function abortGuarded(controller: AbortController, reason: unknown): void {
  // Node throws each such error in a tick of its own, and ticks keep their order.
  nextTick(() => process.on('uncaughtException', warn))
  controller.abort(reason)
  nextTick(() => process.off('uncaughtException', warn))
}

function warn(thrown: unknown): void {
  const detail = thrown instanceof Error ? thrown.stack : undefined
  process.emitWarning(`a listener of a task's abort signal threw ${text(thrown)}`, {
    type: 'ManycoreWarning',
    ...(detail !== undefined && { detail }),
  })
}

function text(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'what can not be shown'
  }
}
