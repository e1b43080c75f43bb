import { type Graph, pack, withPayloads } from '../codec/index.ts'
import type { TextNode } from './function-node.ts'
import { loadAtOnce, usersCodeHasNotRun } from './at-once.ts'
import { importUrl } from './modules.ts'
import { shareOwn } from './own-functions.ts'

/*
 * What a spare worker does in this room before anybody needs it: the engine compiles a function when it is first called,
 * and Node prepares its loader for the first module.
 */

/** Loads an empty module, so that what this takes the first time is over. */
export async function rehearseLoading(): Promise<void> {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const empty = new URL(`./empty.${ending}`, import.meta.url).href
  usersCodeHasNotRun()
  try {
    loadAtOnce(empty)
    await importUrl(empty, undefined)
  } catch {
    // Not there where the library is built into another file; and a loader of the user's may not like it.
  }
}

const can = { transfer: false, share: false }
let made = 0

/** A function that travels by value, of a text that nobody has had yet: as it is before it crosses. */
export function functionToRehearse(): Graph {
  const node: TextNode = {
    by: 'text',
    text: {
      key: `rehearsal ${made}`,
      form: 'arrow',
      accessor: undefined,
      source: `value=>value??${made}`,
      name: '',
      url: 'manycore:rehearsal',
      line: made++,
      column: 0,
      offset: undefined,
      shown: undefined,
      strict: true,
      imports: false,
      self: undefined,
      meta: undefined,
      settersName: undefined,
      imported: [],
    },
    values: [['captured', 1]],
    cells: [],
    own: [],
    proto: undefined,
    lexicalThis: undefined,
    origin: undefined,
    digest: undefined,
  }
  return withPayloads(pack(rehearsed, { path: '', can }) as Graph, 'function', () => node)
}

function rehearsed(): void {}

shareOwn('rehearsed', rehearsed)
