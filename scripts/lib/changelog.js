// @ts-check
const KINDS = ['added', 'changed', 'fixed', 'removed']

/**
 * One section of the change log, its changes sorted by kind.
 * @param {readonly { name: string, text: string }[]} changes   file names and what is in them
 * @param {string} version
 * @param {Date} date
 */
export function joinChanges(changes, version, date) {
  const wrong = changes.filter(({ name }) => !KINDS.includes(kindOf(name)))
  if (wrong.length > 0) {
    const list = wrong.map(({ name }) => name).join(', ')
    throw new Error(`changes/ has ${list}; names end in ${KINDS.map(kind => `.${kind}.md`).join(', ')}`)
  }
  const parts = KINDS.map(kind => changes.filter(({ name }) => kindOf(name) === kind))
  const lists = parts.flatMap((part, index) =>
    part.length === 0 ? [] : [`### ${title(KINDS[index] ?? '')}\n\n${part.map(item).join('\n')}\n`],
  )
  return `## ${version} (${date.toISOString().slice(0, 10)})\n\n${lists.join('\n')}`
}

/** @param {{ text: string }} change */
function item({ text }) {
  return `- ${text.trim().replace(/\n/g, '\n  ')}`
}

/** @param {string} name */
function kindOf(name) {
  return name.split('.').at(-2) ?? ''
}

/** @param {string} word */
function title(word) {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
