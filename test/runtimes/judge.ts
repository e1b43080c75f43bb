import type { Outcome } from './cell.ts'
import { type Limit, LIMITS } from './limits.ts'
import type { Toolchain } from './toolchain.ts'

/** One field of the table. */
export interface Cell {
  readonly passed: number
  readonly total: number
  /** Limits that were met, each with what it says. */
  readonly limits: readonly Limit[]
  /** What must not be. */
  readonly problems: readonly string[]
}

/** Sets an outcome against what is known. */
export function judge(toolchain: Toolchain, major: number, outcome: Outcome): Cell {
  const { report, late, code, signal, output } = outcome
  if (!report) {
    const how = late ? 'did not end in time' : `ended with ${signal ?? `code ${code}`} before its report`
    return { passed: 0, total: 0, limits: [], problems: [`${how}:\n${tail(output)}`] }
  }
  const expected = LIMITS.filter(
    limit => limit.toolchains.includes(toolchain.id) && (limit.nodes?.includes(major) ?? true),
  )
  const problems: string[] = []
  const met = new Set<string>()
  for (const { kind, name, message } of report.failures) {
    if (expected.some(limit => covers(limit, kind, name))) met.add(`${kind} ${name}`)
    else problems.push(`${kind}, ${name}: ${message}`)
  }
  for (const { cases, kinds = ['thread', 'process'] } of expected)
    for (const name of cases)
      for (const kind of kinds)
        if (!met.has(`${kind} ${name}`)) problems.push(`${kind}, ${name}: passes, but is listed as a limit`)
  if (late) problems.push('did not end in time after its report')
  return { passed: report.passed, total: report.total, limits: expected, problems }
}

function covers(limit: Limit, kind: string, name: string): boolean {
  return limit.cases.includes(name) && (limit.kinds ?? ['thread', 'process']).includes(kind as 'thread')
}

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-20).join('\n')
}
