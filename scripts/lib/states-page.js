// @ts-check
/*
 * Draws tables of states: each as a diagram and as a list of its transitions.
 */

/**
 * @typedef {object} StateTable
 * @property {string} title
 * @property {readonly string[]} states    the first is where it begins
 * @property {readonly { from: string, event: string, to: string, note: string }[]} transitions
 */

/**
 * Gives what is wrong with a table: unknown states, states that are never reached, doubled rows.
 * @param {StateTable} table
 * @returns {string[]}
 */
export function tableProblems({ title, states, transitions }) {
  const named = transitions.flatMap(({ from, to }) => [from, to])
  const unknown = named.filter(state => !states.includes(state))
  const unreached = states
    .slice(1)
    .filter(state => !transitions.some(({ from, to }) => to === state && from !== state))
  const rows = transitions.map(({ from, event }) => `${from} on ${event}`)
  const doubled = rows.filter((row, index) => rows.indexOf(row) !== index)
  return [
    ...unknown.map(state => `${title}: ${state} is not in the list of states`),
    ...unreached.map(state => `${title}: nothing leads to ${state}`),
    ...doubled.map(row => `${title}: ${row} is there twice`),
  ]
}

/** @param {readonly StateTable[]} tables */
export function statesPage(tables) {
  return `# States

<!-- Made by scripts/states.js from the tables in src/pool/plan-table.ts; edit them there. -->

The pool's plan is a machine without clocks, promises or workers: events go in, instructions come out, and these tables
say what may follow what. An event that a state has no row for is a fault in manycore and throws an internal error.
${tables.map(section).join('')}`
}

/** One table as a part of a page. @param {StateTable} table */
export function section({ title, states, transitions }) {
  const last = states.filter(state => !transitions.some(({ from }) => from === state))
  return `
## ${title}

\`\`\`mermaid
stateDiagram-v2
  [*] --> ${id(states[0] ?? '')}
${states
  .filter(state => id(state) !== state)
  .map(state => `  state "${state}" as ${id(state)}\n`)
  .join('')}${[...merged(transitions)].join('\n')}
${last.map(state => `  ${id(state)} --> [*]`).join('\n')}
\`\`\`

| from | event | to | what happens |
|---|---|---|---|
${transitions.map(({ from, event, to, note }) => `| ${from} | ${event} | ${to} | ${note.replaceAll('|', '\\|')} |`).join('\n')}
`
}

/** One arrow for each pair of states, with all its events. @param {StateTable['transitions']} transitions */
function* merged(transitions) {
  /** @type {Map<string, string[]>} */
  const arrows = new Map()
  for (const { from, event, to } of transitions) {
    const arrow = `${id(from)} --> ${id(to)}`
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), event])
  }
  for (const [arrow, events] of arrows) yield `  ${arrow}: ${events.join(', ')}`
}

/** Mermaid takes no blanks or dashes in a state's name. @param {string} state */
function id(state) {
  return state.replace(/\W/g, '_')
}
