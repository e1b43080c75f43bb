import type { TextNode } from './function-node.ts'

/*
 * What is known about a function that was rebuilt here, for when it travels on: its module's address and
 * imports are no longer to be seen in it.
 */
const recipes = new WeakMap<Function, TextNode>()

export function rememberRecipe(fn: Function, node: TextNode): void {
  recipes.set(fn, node)
}

export function recipeOf(fn: Function): TextNode | undefined {
  return recipes.get(fn)
}
