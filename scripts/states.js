// @ts-check
/*
 * Draws docs/internals/states.md from the tables in src/pool/plan-table.ts; `--check` compares instead.
 * Needs a build.
 */
import { TASK_STATES, WORKER_STATES } from '../dist/src/pool/plan-table.js'
import { pageScript } from './lib/generated-page.js'
import { statesPage, tableProblems } from './lib/states-page.js'

const tables = [TASK_STATES, WORKER_STATES]
const problems = tables.flatMap(tableProblems)
if (problems.length > 0) throw new Error(problems.join('\n'))
pageScript('docs/internals/states.md', statesPage(tables), 'npm run build && node scripts/states.js')
