/*
 * The cases as somebody would write them by hand in CommonJS: from the ES modules that the compiler made, whose
 * imports and exports are plain enough for this.
 */

/** The text of a CommonJS module that does what this ES module does. */
export function toCommonJs(text: string): string {
  const exported: string[] = []
  const body = text
    .replace(/^import (.+?) from (['"].+?['"]);?$/gm, (_, names: string, from: string) =>
      requires(names, toCjsPath(from)),
    )
    .replace(/\bimport\((['"]\.\/.+?['"])\)/g, (_, from: string) => `import(${toCjsPath(from)})`)
    .replace(/^export \{(.*?)\};?$/gm, (_, list: string) => {
      for (const [, local, name] of list.matchAll(/(\w+)(?: as (\w+))?/g))
        exported.push(`exports.${name ?? local} = ${local}`)
      return ''
    })
    .replace(/^export default (?=(?:async )?function (\w+))/gm, (_, name: string) => {
      exported.push(`exports.default = ${name}`)
      return ''
    })
    .replace(/^export (?=(?:async )?(\w+) (\w+))/gm, (_, keyword: string, second: string) => {
      exported.push(exportLine(keyword, second))
      return ''
    })
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
  return `'use strict'\n${body}\n${exported.join('\n')}\n`
}

/** Whoever imports a variable that changes sees it change. */
function exportLine(keyword: string, name: string): string {
  return keyword === 'let'
    ? `Object.defineProperty(exports, '${name}', { enumerable: true, get: () => ${name} })`
    : `exports.${name} = ${name}`
}

/** `fs, { a as b }`, `* as all`: the left side of an import. */
function requires(names: string, from: string): string {
  const [, all] = /^\* as (\w+)$/.exec(names) ?? []
  if (all) return `const ${all} = require(${from})`
  const [, whole, list] = /^(\w+)?,? ?(?:\{(.*)\})?$/.exec(names) ?? []
  const parts: string[] = []
  if (whole) parts.push(`const ${whole} = require(${from})${from.includes('node:') ? '' : '.default'}`)
  if (list) parts.push(`const {${list.replaceAll(' as ', ': ')}} = require(${from})`)
  return parts.join('; ')
}

function toCjsPath(from: string): string {
  return from.replace(/^(['"]\..*)\.js(['"])$/, '$1.cjs$2')
}
