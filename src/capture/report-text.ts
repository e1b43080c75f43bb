import type { Report, ReportNode } from './explain.ts'

/** A report as a tree to read. */
export function treeText({ name, root, bytes, stable, refused }: Omit<Report, 'toString'>): string {
  if (refused || !root) return `${name} can't travel\n  ${refused?.message.replaceAll('\n', '\n  ') ?? ''}`
  const again = stable ? 'captured once' : 'captured again at each call'
  return [`${lineOf(root)}; ${sizeText(bytes)} in all, ${again}`, ...below(root, '')].join('\n')
}

function lineOf(node: ReportNode): string {
  const { name, way, kind, from, bytes } = node
  const where = from === undefined ? '' : way === 'by value' ? ` at ${from}` : ` ${from}`
  const size =
    way === 'as data' || way === 'by value' ? ` (${bytes === 0 ? 'counted above' : sizeText(bytes)})` : ''
  const declared = node.declaredAt && way === 'as data' ? `, declared at ${node.declaredAt}` : ''
  return `${name}: ${kind}, ${way}${where}${size}${declared}`
}

function below(node: ReportNode, indent: string): string[] {
  const lines: { text: string; inside?: ReportNode }[] = [
    ...node.imports.map(({ name, from }) => ({ text: `${name}: imported again from ${from}` })),
    ...node.captures.map(inside => ({ text: lineOf(inside), inside })),
  ]
  return lines.flatMap(({ text, inside }, i) => {
    const last = i === lines.length - 1
    const head = `${indent}${last ? '└─ ' : '├─ '}${text}`
    return inside ? [head, ...below(inside, `${indent}${last ? '   ' : '│  '}`)] : [head]
  })
}

function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KiB`
}
