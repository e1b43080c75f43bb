// One set of types for `import` and `require`. A CommonJS file may not name an ES module for TypeScript's "node16" and
// "node18", or any before 5.8; these declarations are of no format.
// @ts-ignore
export * from '../src/index.js'
