import { type Abilities, type Graph, takeBack, withPayloads } from '../codec/index.ts'
import type { FunctionNode } from './function-node.ts'
import { walk } from './walks.ts'

/*
 * What a graph amounts to, as a short text: equal for equal content.
 */

interface HashingSerializer {
  writeHeader(): void
  writeValue(value: unknown): boolean
  writeUint32(value: number): void
  releaseBuffer(): Buffer
  _writeHostObject(value: unknown): void
  _getSharedArrayBufferId?(buffer: object): number
}

let unlike = 0
let serializes: boolean | undefined

/** Bun has no serializer; there each capture counts as another. */
function hasSerializer(): boolean {
  if (serializes !== undefined) return serializes
  try {
    makeSerializer()
    serializes = true
  } catch {
    serializes = false
  }
  return serializes
}

/** Gives equal bytes for equal graphs. What can only be shared counts by identity. */
function makeSerializer(): HashingSerializer {
  const { DefaultSerializer } = process.getBuiltinModule('node:v8')
  const made = new DefaultSerializer() as unknown as HashingSerializer
  const writeView = made['_writeHostObject']
  made['_writeHostObject'] = value => {
    if (ArrayBuffer.isView(value)) writeView.call(made, value)
    else made.writeUint32(serialOf(value as object))
  }
  made['_getSharedArrayBufferId'] = serialOf
  return made
}

const serial = new WeakMap<object, number>()
let lastSerial = 0

function serialOf(value: object): number {
  const known = serial.get(value) ?? ++lastSerial
  serial.set(value, known)
  return known
}

/** Up to so many bytes a content stands for itself: `node:crypto` takes milliseconds to load. */
const SHORT = 16_384

/** The same text with the same captured values gives the same key, whichever function object has them. */
export function keyOf(graph: Graph): string {
  if (!hasSerializer()) return `unlike any other ${++unlike}`
  const content = contentOf(graph)
  return content.length <= SHORT ? content.toString('latin1') : hashOf(content)
}

function contentOf(graph: Graph): Buffer {
  const content = withPayloads(graph, 'function', payload => {
    const node = payload as FunctionNode
    return node.by === 'text' ? { ...node, origin: undefined, text: node.text.key } : node
  })
  const serializer = makeSerializer()
  serializer.writeHeader()
  serializer.writeValue(content.graph)
  return serializer.releaseBuffer()
}

function hashOf(content: Buffer): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha1').update(content).digest('base64')
}

const kept = new WeakMap<Function, { readonly digest: string; readonly holds: () => boolean }>()
let digesting = false

/**
 * The content of a class with all that it captures, so that a worker that has built it once uses that one again and
 * `instanceof` holds between two tasks. `undefined` inside the digest of another class, which covers it.
 */
export function digestOf(constructor: Function, can: Abilities): string | undefined {
  if (digesting) return undefined
  const known = kept.get(constructor)
  if (known?.holds()) return known.digest
  digesting = true
  try {
    const { graph, state } = walk(constructor, { path: 'class', can }, error => error)
    const digest = hashOf(contentOf(graph))
    takeBack(graph)
    const holds = state.holdsWhileWatched()
    if (holds) kept.set(constructor, { digest, holds })
    return digest
  } catch {
    // The walk that asked meets the same thing and says it with its own path.
    return undefined
  } finally {
    digesting = false
  }
}
