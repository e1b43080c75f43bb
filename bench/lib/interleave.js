/*
 * Rounds A B C … A B C …: each round asks every contestant once, one after the other, so that a change of the
 * machine's speed meets all of them.
 */
import { Contestant } from './contestant.js'

/**
 * @param {{ label: string, command: string, args: string[], question: object, warmup?: object }[]} specs
 * @param {{ rounds: number, deadline?: number, fresh?: boolean, settle?: boolean, onTurn?: Function }} options
 *   `fresh`: a new program for each turn (start-up figures), with `settle` asked twice, the first time to warm it;
 *   else one program each, warmed once. A spec's own `warmup` is what it is asked to be warmed, else its question.
 * @returns {Promise<Map<string, { answers: object[], error?: string }>>} by label, one answer a round
 */
export async function interleave(specs, options) {
  const results = new Map(specs.map(spec => [spec.label, { answers: [] }]))
  if (options.fresh) await freshRounds(specs, results, options)
  else await warmRounds(specs, results, options)
  return results
}

async function warmRounds(specs, results, { rounds, deadline, onTurn }) {
  const contestants = specs.map(spec => new Contestant(spec))
  try {
    for (let round = -1; round < rounds; round++) {
      for (const [index, spec] of specs.entries()) {
        const contestant = contestants[index]
        if (results.get(spec.label).error !== undefined) continue
        onTurn?.(spec.label, round)
        const question = round < 0 ? (spec.warmup ?? spec.question) : spec.question
        record(results.get(spec.label), await contestant.ask(question, deadline), round)
      }
    }
  } finally {
    await Promise.all(contestants.map(contestant => contestant.stop()))
  }
}

async function freshRounds(specs, results, { rounds, deadline, settle, onTurn }) {
  for (let round = 0; round < rounds; round++) {
    for (const spec of specs) {
      const result = results.get(spec.label)
      if (result.error !== undefined) continue
      onTurn?.(spec.label, round)
      const contestant = new Contestant(spec)
      if (settle) record(result, await contestant.ask(spec.warmup ?? spec.question, deadline), -1)
      record(result, await contestant.ask(spec.question, deadline), round)
      await contestant.stop()
    }
  }
}

/** Round -1 only warms up: its answer is thrown away, its error is kept. */
function record(result, answer, round) {
  if (answer.error !== undefined) result.error = answer.error
  else if (round >= 0) result.answers.push(answer)
}
