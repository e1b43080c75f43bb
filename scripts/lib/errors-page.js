// @ts-check
/** @typedef {{ family: { name: string }, text: (fields: any) => string, fix: string }} Row */

/** Fields that are lists. */
const LISTS = new Set(['cycle'])

/** Stands in for the fields of an error: each reads as its own name. */
const PLACEHOLDERS = new Proxy(
  {},
  { get: (_, name) => (LISTS.has(String(name)) ? [`‹${String(name)}›`] : `‹${String(name)}›`) },
)

/**
 * The page of errors, from the table of them.
 * @param {Readonly<Record<string, Row>>} errors
 */
export function errorsPage(errors) {
  /** @type {Map<string, string[]>} */
  const families = new Map()
  for (const [code, { family }] of Object.entries(errors)) {
    families.set(family.name, [...(families.get(family.name) ?? []), code])
  }
  return `# Errors

<!-- Made by scripts/errors.js from src/base/error-table/; edit the table there. -->

Each error that manycore makes is a \`ManycoreError\` with a \`code\` that never changes its meaning. Match on the code or
on the class, not on the text. The words in ‹angle quotes› are filled in, and most of them are also properties of the
error. An error of your own function is not in this list: it reaches you as what it was.

| class | codes |
|---|---|
${[...families].map(([name, codes]) => `| \`${name}\` | ${codes.map(code => `[${code}](#${anchor(code)})`).join(', ')} |`).join('\n')}
${Object.entries(errors)
  .map(([code, row]) => section(code, row))
  .join('')}`
}

/**
 * @param {string} code
 * @param {Row} row
 */
function section(code, { family, text, fix }) {
  return `
## ${code}

\`${family.name}\`

\`\`\`text
${text(PLACEHOLDERS)}
\`\`\`

${escapeMarkdown(fix)}
`
}

/** @param {string} code */
function anchor(code) {
  return code.toLowerCase()
}

/** Angle brackets and stars of code in a remedy would vanish on the page. @param {string} text */
function escapeMarkdown(text) {
  return text.replace(/[<>*]/g, '\\$&')
}
