/** Told once that the command should stop. */
export interface StopRequest {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** Exit code that the signal asks for: 128 and its number, as shells have it. */
  readonly exitCode: number | undefined
  /** Stops listening. */
  dispose(): void
  /**
   * Ends the command by the signal that stopped it. For when a write is stuck in a pipe that nobody reads:
   * an ordinary exit would wait for it. A shell sees the same exit code.
   */
  dieBySignal(): void
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/**
 * The first Ctrl-C (or SIGTERM, or the terminal closing) asks for an orderly end.
 * The second finds no handler any more, and the system ends the command at once.
 */
export function listenForStop(): StopRequest {
  const controller = new AbortController()
  let received: keyof typeof EXIT_CODES | undefined
  const signals = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]

  function onSignal(signal: NodeJS.Signals): void {
    received = signal as keyof typeof EXIT_CODES
    dispose()
    controller.abort(new Error(`stopped by ${signal}`))
  }
  function dispose(): void {
    for (const signal of signals) process.off(signal, onSignal)
  }
  for (const signal of signals) process.on(signal, onSignal)

  return {
    signal: controller.signal,
    get exitCode() {
      return received && EXIT_CODES[received]
    },
    dispose,
    dieBySignal() {
      if (received) process.kill(process.pid, received)
    },
  }
}
