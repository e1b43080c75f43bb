/** What is said if the command ends meanwhile, and its exit code then. */
export interface EarlyEnd {
  readonly exitCode: number
  /** Something has called `process.exit`, or thrown where nobody catches. */
  readonly ended: string
  /** Nothing is left that could happen. Default: the same. */
  readonly stuck?: string
}

/**
 * Does something that the user's module, being loaded here, can put an end to without a word: by `process.exit`, or by
 * waiting for what never comes. Then it is said, and it never looks as if all had gone well.
 */
export async function unlessEnded<T>(
  { exitCode, ended, stuck = ended }: EarlyEnd,
  work: () => Promise<T>,
): Promise<T> {
  let isStuck = false
  const onIdle = (): void => {
    isStuck = true
    // Else Node blames the command's own await.
    process.exit()
  }
  const onExit = (): void => {
    process.exitCode = exitCode
    process.stderr.write(`manycore: ${isStuck ? stuck : ended}\n`)
  }
  process.once('beforeExit', onIdle).once('exit', onExit)
  try {
    return await work()
  } finally {
    process.off('beforeExit', onIdle).off('exit', onExit)
  }
}
