import inspector from 'node:inspector'

/** How often the engine is asked about a function meanwhile. */
export function looksDuring(act: () => void): number {
  const post = inspector.Session.prototype.post as (this: unknown, ...args: unknown[]) => void
  let looks = 0
  inspector.Session.prototype.post = function (this: unknown, method: string, ...rest: unknown[]) {
    if (method === 'Runtime.getProperties') looks++
    Reflect.apply(post, this, [method, ...rest])
  } as typeof inspector.Session.prototype.post
  try {
    act()
  } finally {
    inspector.Session.prototype.post = post as typeof inspector.Session.prototype.post
  }
  return looks
}
