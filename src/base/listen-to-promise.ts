interface Listener<T> {
  readonly onValue: (value: T) => void
  readonly onError: (error: unknown) => void
}

const known = new WeakMap<PromiseLike<unknown>, Set<Listener<never>>>()

/**
 * Calls `onValue` or `onError` when the promise is settled, unless what this gives is called before. A promise keeps
 * whoever has ever hooked himself on it: one that lives long and is asked every second "over yet?" would grow for ever.
 * So however many come and go, it has one listener of theirs.
 */
export function listenToPromise<T>(
  promise: PromiseLike<T>,
  onValue: (value: T) => void,
  onError: (error: unknown) => void,
): () => void {
  const listener: Listener<T> = { onValue, onError }
  const others = known.get(promise) as Set<Listener<T>> | undefined
  const listeners = others ?? new Set()
  listeners.add(listener)
  if (!others) listen(promise, listeners)
  return () => void listeners.delete(listener)
}

function listen<T>(promise: PromiseLike<T>, listeners: Set<Listener<T>>): void {
  known.set(promise, listeners as Set<Listener<never>>)
  const settled = (tell: (listener: Listener<T>) => void): void => {
    // Who comes from now on would not be told.
    known.delete(promise)
    for (const listener of listeners) tell(listener)
  }
  promise.then(
    value => settled(({ onValue }) => onValue(value)),
    error => settled(({ onError }) => onError(error)),
  )
}
