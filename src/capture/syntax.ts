import type * as acorn from 'acorn'

/*
 * Questions about single pieces of syntax.
 */

type Node = acorn.AnyNode

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

export function hasUseStrict(node: Node | acorn.Expression): boolean {
  if (node.type !== 'Program' && node.type !== 'BlockStatement') return false
  for (const statement of node.body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) return false
    if (statement.directive === 'use strict') return true
  }
  return false
}

export function literalKey(node: Node): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

const ASYNC_HELPERS = new Set(['__awaiter', '__asyncGenerator', '__generator', '_async_to_generator'])

export function isAsyncHelper(callee: Node): boolean {
  if (callee.type === 'Identifier') return ASYNC_HELPERS.has(callee.name)
  if (callee.type === 'SequenceExpression') return isAsyncHelper(callee.expressions.at(-1) as Node)
  if (callee.type === 'ParenthesizedExpression') return isAsyncHelper(callee.expression)
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false
  return ASYNC_HELPERS.has(callee.property.name)
}

/** Does any of these, after a leading `this`, use a `this` of its own body? */
export function mentionsThis(nodes: readonly Node[]): boolean {
  return nodes.slice(1).some(function mentions(value: unknown): boolean {
    if (Array.isArray(value)) return value.some(mentions)
    if (!isNode(value)) return false
    if (value.type === 'ThisExpression') return true
    return Object.values(value).some(mentions)
  })
}

/** Does this expression make something new each time that it runs, which equals nothing else? */
export function makesNew(init: Node | acorn.Expression | null | undefined): boolean {
  switch (init?.type) {
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'ClassExpression':
    case 'ObjectExpression':
    case 'ArrayExpression':
      return true
    default:
      return false
  }
}

/** The function that a callee is, as in `(() => …)()` or `(function () …).call()`: nobody can call it again. */
export function namelessFunctionIn(callee: Node): Node | undefined {
  if (callee.type === 'ArrowFunctionExpression') return callee
  if (callee.type === 'FunctionExpression') return callee.id ? undefined : callee
  if (callee.type === 'ParenthesizedExpression') return namelessFunctionIn(callee.expression)
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return undefined
  const isCall = callee.property.name === 'call' || callee.property.name === 'apply'
  return isCall ? namelessFunctionIn(callee.object) : undefined
}

/** Does something run where this parameter or pattern takes its value: a default, a computed key? */
export function computes(pattern: acorn.Pattern): boolean {
  switch (pattern.type) {
    case 'AssignmentPattern':
      return true
    case 'ObjectPattern':
      return pattern.properties.some(part =>
        part.type === 'RestElement' ? computes(part) : part.computed || computes(part.value),
      )
    case 'ArrayPattern':
      return pattern.elements.some(element => element !== null && computes(element))
    case 'RestElement':
      return computes(pattern.argument)
    default:
      return false
  }
}

/** Is this of what Babel puts in place of generators? It assigns to variables that only it uses. */
export function isGeneratorHelper(text: string): boolean {
  return /\b_regeneratorDefine\d*\(/.test(text)
}
