// @ts-check
/*
 * Draws docs/internals/states.md from the tables in src/pool/plan-table.ts; `--check` compares instead.
 * Needs a build.
 */
import { existsSync } from 'node:fs'
import { pageScript } from './lib/generated-page.js'
import { statesPage, tableProblems } from './lib/states-page.js'

const TABLES = new URL('../dist/src/pool/plan-table.js', import.meta.url)

if (existsSync(TABLES)) {
  const { TASK_STATES, WORKER_STATES } = await import(TABLES.href)
  const problems = [
    ...tableProblems('TASK_STATES', TASK_STATES),
    ...tableProblems('WORKER_STATES', WORKER_STATES),
  ]
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const page = statesPage([
    {
      title: 'A task',
      about: 'From the call that makes it to the moment its promise is settled.',
      table: TASK_STATES,
    },
    { title: 'A worker', about: 'As the pool sees it.', table: WORKER_STATES },
  ])
  pageScript('docs/internals/states.md', page, 'npm run build && node scripts/states.js')
} else {
  console.log('docs/internals/states.md: the pool has no table of states yet')
}
