/*
 * What a message is made of, so that the commonest values take no serializer.
 */

export const UNDEFINED = 0
export const NULL = 1
export const FALSE = 2
export const TRUE = 3
/** A whole number of 32 bits, in the header. */
export const INT32 = 4
/** A number: eight bytes. */
export const FLOAT64 = 5
/** A text of characters below 256 (as we write it: below 128), one byte each. */
export const LATIN1 = 6
export const UTF8 = 7
/** A text with half a surrogate pair in it, which UTF-8 can't hold. */
export const UTF16 = 8
/** A `Buffer`. */
export const BUFFER = 9
/** A typed array or `DataView`; which one is in the header. */
export const VIEW = 10
/** Data that JSON keeps whole, in ASCII. */
export const JSON_LATIN1 = 11
export const JSON_UTF8 = 12
/** What structured clone keeps whole, as V8 serialises it. */
export const CLONED = 13
/** A graph of the codec, as V8 serialises it. In the header: 1 if modules may have to be loaded for it. */
export const GRAPH = 14

/** The highest tag of a message. */
export const LAST_TAG = 14
/** Not a message any more: it was taken out of its turn. */
export const GONE = 15
