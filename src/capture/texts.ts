import { createError } from '../base/index.ts'
import { type Graph, withPayloads } from '../codec/index.ts'
import type { FunctionNode, FunctionText } from './function-node.ts'

/*
 * The texts of functions, apart from what they capture. A closure that is made again with other values has the same
 * text: here it is one object, and a worker is sent it once.
 */

/** A program may make new texts without end. */
const MOST_INTERNED = 2000
const interned = new Map<string, FunctionText>()

/** The one object for this content. */
export function internText(content: Omit<FunctionText, 'key'>): FunctionText {
  const written = JSON.stringify(content)
  const known = interned.get(written)
  if (known) return known
  const { createHash } = process.getBuiltinModule('node:crypto')
  const made = { key: createHash('sha1').update(written).digest('base64'), ...content }
  if (interned.size >= MOST_INTERNED) interned.clear()
  interned.set(written, made)
  return made
}

/** The same text, written otherwise. */
export function rewritten(text: FunctionText, changes: Pick<FunctionText, 'source' | 'self'>): FunctionText {
  const { key: _key, ...content } = text
  const offset = changes.source === text.source ? text.offset : undefined
  return internText({ ...content, ...changes, offset })
}

/** How many texts both ends of a road keep. */
const MOST_KEPT = 1000

/**
 * The texts that have crossed a road, kept at both ends. Neither end asks the other: both see the same messages in the
 * same order, and so keep, and let go of, the same texts.
 */
export class TextStore {
  readonly #texts = new Map<string, FunctionText>()

  /** The graphs of one message as they cross: without the texts that the other end has. Call `sent` when they have. */
  lean(graphs: readonly Graph[]): { readonly graphs: readonly Graph[]; readonly sent: () => void } {
    const fresh: FunctionText[] = []
    const lean = graphs.map(graph =>
      mapTexts(graph, text => {
        if (this.#texts.has((text as FunctionText).key)) return (text as FunctionText).key
        fresh.push(text as FunctionText)
        return text
      }),
    )
    return { graphs: lean, sent: () => this.#keep(fresh) }
  }

  /** The graphs of one message, whole again. */
  full(graphs: readonly Graph[]): readonly Graph[] {
    const fresh: FunctionText[] = []
    const full = graphs.map(graph =>
      mapTexts(graph, text => {
        if (typeof text !== 'string') fresh.push(text)
        return typeof text === 'string' ? this.#known(text) : (this.#texts.get(text.key) ?? text)
      }),
    )
    this.#keep(fresh)
    return full
  }

  #known(key: string): FunctionText {
    const text = this.#texts.get(key)
    if (!text) throw createError('INTERNAL', { what: `the text ${key} of a function did not arrive` })
    return text
  }

  #keep(texts: readonly FunctionText[]): void {
    for (const text of texts) {
      if (this.#texts.has(text.key)) continue
      this.#texts.set(text.key, text)
      if (this.#texts.size <= MOST_KEPT) continue
      const [oldest] = this.#texts.keys()
      this.#texts.delete(oldest as string)
    }
  }
}

/** A function's node as it crosses: with its text, or with the key of one that the other end has. */
type Crossing = { readonly by: string; readonly text?: FunctionText | string }

function mapTexts(graph: Graph, change: (text: FunctionText | string) => FunctionText | string): Graph {
  return withPayloads(graph, 'function', payload => {
    const node = payload as FunctionNode | Crossing
    if (node.by !== 'text') return node
    const { text } = node as Required<Crossing>
    const changed = change(text)
    return changed === text ? node : { ...node, text: changed }
  })
}
