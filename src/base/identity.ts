const here = `${process.pid.toString(36)}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`
let last = 0

/** A text that no other thread or process gives to anything. */
export function newIdentity(): string {
  return `${here}.${++last}`
}

/** Was it given by this thread? */
export function isFromHere(identity: string): boolean {
  return identity.startsWith(`${here}.`)
}
