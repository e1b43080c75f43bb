import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

/* What is inside a package of CommonJS is loaded over there by the way on which the program came to it. */

/** Two files that need each other, handed to each other by the first file of the package, as protobufjs does. */
const PACKAGE = {
  'node_modules/shapes/package.json': '{ "main": "index.js" }',
  'node_modules/shapes/index.js': `exports.Shape = require('./shape.js')
exports.Circle = require('./circle.js')
exports.Shape.configure(exports.Circle)\n`,
  'node_modules/shapes/shape.js': `module.exports = Shape
let Circle
function Shape(size) { this.size = size }
Shape.configure = given => { Circle = given }
Shape.prototype.isRound = function () { return this instanceof Circle }\n`,
  'node_modules/shapes/circle.js': `module.exports = Circle
const Shape = require('./shape.js')
function Circle(size) { Shape.call(this, size) }
Circle.prototype = Object.create(Shape.prototype, { constructor: { value: Circle } })\n`,
}

const CALLS = `
for (const Kind of [ThreadPool, Pool]) {
  const pool = new Kind(1)
  const circle = new Circle(3)
  console.log(await pool.apply(shape => [shape.size, shape.isRound()], [circle]))
  console.log(await pool.apply(() => circle.isRound()))
  console.log(await pool.apply(size => new Shape(size), [4]) instanceof Shape)
  await pool.terminate()
}`

test('a class of a file inside, imported', async () => {
  const { stdout, stderr } = await runProgram(
    `import { Pool, ThreadPool } from 'manycore'
    import shapes from 'shapes'
    const { Circle, Shape } = shapes
    ${CALLS}`,
    { name: 'main.mjs', files: PACKAGE },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, '[ 3, true ]\ntrue\ntrue\n'.repeat(2))
})

test('a class of a file inside, required', async () => {
  const { stdout, stderr } = await runProgram(
    `const { Pool, ThreadPool } = require('manycore')
    const { Circle, Shape } = require('shapes')
    async function main() { ${CALLS} }
    main()`,
    { name: 'main.cjs', files: PACKAGE },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, '[ 3, true ]\ntrue\ntrue\n'.repeat(2))
})

test('a program inside a package does not begin again', async () => {
  const { stdout, stderr } = await runProgram(`import 'tool/cli.cjs'`, {
    name: 'main.mjs',
    files: {
      'node_modules/tool/package.json': '{ "main": "work.cjs" }',
      'node_modules/tool/cli.cjs': `console.log('begun')
const { Pool } = require('manycore')
const { double } = require('./work.cjs')
async function main() {
  const pool = new Pool(1)
  console.log(await pool.apply(double, [21]))
  await pool.terminate()
}
main()\n`,
      'node_modules/tool/work.cjs': 'exports.double = n => n * 2',
    },
  })
  assert.equal(stderr, '')
  assert.equal(stdout, 'begun\n42\n')
})
