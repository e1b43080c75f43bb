/** What a worker runs for an object of a subclass with its own `run()`: the object has travelled as the argument. */
export function runSelf(self: { run(): unknown }): unknown {
  return self.run()
}
