/** Whoever gives a crew work over time: a job that reads its input. */
export interface Source {
  /** The pool was terminated or is broken: nothing more is run. */
  poolOver(error: unknown): void
  /** Somebody waits for the pool's end. */
  hurry(): void
}

/** What the faces of a crew differ in. */
export interface CrewStyle {
  /** The name of its nth worker, from 1. */
  nameOf(worker: number): string
  /** Workers are started when work waits for them. */
  readonly onDemand: boolean
}
