/*
 * The other end of `contestant.js`: answers the questions that come on stdin, one at a time, on fd 3.
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

/**
 * @param {Record<string, (question: any) => Promise<object>>} measurements by the name that `measure` asks for
 * @param {() => Promise<void>} [close] called when the questions end
 */
export async function serve(measurements, close) {
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line)
    let answer
    try {
      answer = await measurements[question.measure](question)
    } catch (error) {
      answer = { error: String(error?.message ?? error) }
    }
    writeSync(3, `${JSON.stringify(answer)}\n`)
  }
  await close?.()
  process.exit(0)
}
