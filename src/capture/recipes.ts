import type { FunctionText } from './function-node.ts'

/*
 * What is known about a function that was rebuilt here, for when it travels on: its module's address and
 * imports are no longer to be seen in it.
 */
const recipes = new WeakMap<Function, FunctionText>()

export function rememberRecipe(fn: Function, text: FunctionText): void {
  recipes.set(fn, text)
}

export function recipeOf(fn: Function): FunctionText | undefined {
  return recipes.get(fn)
}
