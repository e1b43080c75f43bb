export interface OtherLine {
  readonly kind: string
  readonly what: string
  readonly outcome: 'works' | 'refused' | 'fails'
  /** The error's code and first line. */
  readonly says: string
}

/** What Bun or Deno did. */
export type OtherRow =
  | { readonly title: string; readonly lines: readonly OtherLine[]; readonly problems: readonly string[] }
  | { readonly title: string; readonly missing: string }

export const OTHERS = ['bun', 'deno'] as const

/** Tries those of which the words are the beginning; all of them when there are none. */
export async function runOthers(only: readonly string[]): Promise<OtherRow[]> {
  return OTHERS.filter(name => only.length === 0 || only.some(word => name.startsWith(word))).map(name => ({
    title: name,
    missing: 'not yet',
  }))
}
