/*
 * The words that a program and its workers say to each other. A message is an array whose first element is its
 * kind; small numbers and flat arrays, because hundreds of thousands of calls a second go through here.
 *
 *   program → worker                               worker → program
 *   BOOT    who you are, what to know              READY    I listen
 *   DEFINE  functions, under small numbers         RESULTS  results of calls, in any order
 *   FORGET  functions not needed any more          BEGAN    calls with a time limit that have started
 *   CALLS   a batch of calls, in order             FAILED   I can't work (the initializer failed, or an error that no call threw)
 *   CANCEL  end this call, politely                PROGRESS  what a call reports of itself while it runs
 *   CLOSE   finish what you have, then end         PULSE    how busy my event loop was
 *   INTERRUPT  as Ctrl-C would                     ENDING   I end now, with this exit code
 *   CONCURRENCY  run so many calls at once from now on     REHEARSED  what I would have said
 *   REHEARSE  nobody needs you yet: get ready for a first call   OUTPUT_LOST  what I print arrives nowhere any more
 *   PREPARE   and for calls of these functions
 */

export const BOOT = 0
export const DEFINE = 1
export const FORGET = 2
export const CALLS = 3
export const CANCEL = 4
export const CLOSE = 5
export const INTERRUPT = 6
export const CONCURRENCY = 7
export const REHEARSE = 8
export const PREPARE = 9

export const READY = 0
export const RESULTS = 1
export const BEGAN = 2
export const FAILED = 3
export const PROGRESS = 4
export const PULSE = 5
export const ENDING = 6
export const REHEARSED = 7
export const OUTPUT_LOST = 8

/* How a call carries its payload: bits of its mode. */

/** The payload is a packed graph. */
export const PACKED = 1
/** The payload is an array of items, each a call of its own; the results come back as one array. */
export const CHUNK = 2
/** Each item of the chunk is an array of arguments. */
export const STAR = 4
/** The worker reports when the call begins. */
export const REPORT_BEGIN = 8
/** The chunk is to be run as a whole, however long it takes. */
export const WHOLE = 16
/** The payload is the only argument: a list around each would take longer to clone than what is in it. */
export const SOLE = 32
/** The worker reports when the call began and how long it took, with its result. */
export const TIMED = 64
/** The chunk is one of a long job, and made to take longer: it gives its rest back later. */
export const LONG = 128
/** The worker sends the results that it has before it begins the call: it may end with it. */
export const FLUSH_FIRST = 256

/* How far a worker of its own has come with its one call: what stands where a pool's has the item of its chunk. */

export const NOTHING_READ = 0
/** From here on its function may have been put together. */
export const FUNCTION_READ = 1
/** And its arguments. */
export const ARGUMENTS_READ = 2

/* How a call ended. What comes with a chunk: `ChunkOutcome`. */

/** The value, as it is. */
export const VALUE = 0
/** The value, as a packed graph. */
export const VALUE_PACKED = 1
/** What was thrown, as a packed graph. */
export const THROWN = 2
/** The call was not begun and never will be in this worker: give it to another. */
export const RETURNED = 3
/** What became of a chunk. */
export const CHUNK_OUTCOME = 4

/** The result of a chunk: the values of its items from the first on, and which items failed. */
export type ChunkOutcome = readonly [
  /** Items that failed hold `undefined`. A list of nothing but numbers comes as a typed array. */
  values: unknown[] | Float64Array,
  /** Places whose value is a packed graph. */
  packed: readonly number[] | null,
  /** Pairs of an item's place and what it threw, as packed graph. */
  failures: readonly (readonly [place: number, thrown: unknown])[] | null,
  /** Items from here on were not begun: the chunk took longer than expected and others may help. */
  next: number,
  /** Milliseconds that the items before `next` took. */
  took: number,
]

/** Program → worker. Calls are flat: `function, mode, payload` for each, numbered from `first` upwards. */
export type ToWorker =
  | readonly [typeof BOOT, Boot]
  | readonly [typeof DEFINE, first: number, graphs: readonly unknown[]]
  | readonly [typeof FORGET, fns: readonly number[]]
  | readonly [typeof CALLS, first: number, calls: readonly unknown[]]
  | readonly [typeof CANCEL, call: number, reason: unknown]
  | readonly [typeof CLOSE]
  | readonly [typeof INTERRUPT]
  | readonly [typeof CONCURRENCY, calls: number]
  | readonly [typeof REHEARSE, Boot, times: number]
  | readonly [typeof PREPARE, fns: readonly number[]]

/**
 * Worker → program. Results are flat: `call, how it ended, payload` for each; `busy` is the milliseconds spent in them.
 * `times` are flat too, for calls with TIMED among them: `call, begun (on the clock that all processes of the machine share), milliseconds taken`.
 */
export type ToProgram =
  | readonly [typeof READY]
  | readonly [
      typeof RESULTS,
      results: readonly unknown[],
      busy: number,
      calls: number,
      times?: readonly number[],
    ]
  | readonly [typeof BEGAN, calls: readonly number[]]
  | readonly [typeof FAILED, thrown: unknown]
  | readonly [typeof PROGRESS, call: number, packed: boolean, payload: unknown]
  | readonly [typeof PULSE, idle: number, active: number]
  | readonly [typeof ENDING, code: number]
  | readonly [typeof REHEARSED, message?: ToProgram]
  | readonly [typeof OUTPUT_LOST, error: unknown]

/** How many elements of the flat array a call, or a result, takes. */
export const STRIDE = 3

/** Who a process is, as it and its threads see it. */
export interface ProcessIdentity {
  readonly name: string
  /** Its number among its parent's processes, after the parent's own: `2:1`. What it makes is numbered after it. */
  readonly lineage: string
  readonly daemon: boolean
  /** `null` in the program that nobody of ours started. */
  readonly parent: { readonly pid: number; readonly name: string } | null
}

/** What a new worker has to know. Plain data, for a process. */
export interface Boot {
  /** `pool`: serve calls until told to close. `single`: run one call, then end as a program does. */
  readonly role: 'pool' | 'single'
  readonly kind: 'process' | 'thread'
  readonly name: string
  /** The program's build of the library. */
  readonly build: string
  readonly daemon: boolean
  /** Each byte as a character. */
  readonly authkey: string
  /** The program's own arguments, its script first: `process.argv` from the second on. */
  readonly argv: readonly string[]
  /** A new process's own, or the one that a thread lives in. */
  readonly process: ProcessIdentity
  /** For a thread: how many workers its process has made so far. */
  readonly made?: SharedArrayBuffer
  /** How many asynchronous calls may be under way at once. */
  readonly concurrency: number
  /** `concurrency` may change later: calls are told apart from the start. */
  readonly concurrencyVaries: boolean
  /** How often to tell how busy the event loop is, in milliseconds. 0: never. */
  readonly pulse: number
  /** How many CPUs the pools that it makes may reckon with. */
  readonly cpus: number
  /** Put the worker's name in front of each line that it prints. */
  readonly labelOutput: boolean
  readonly startMethod: string
  /** Somebody else prints the error of a `single` worker. */
  readonly quiet: boolean
  /** For room `capture`. */
  readonly capture: unknown
  /** To run before the first call: packed function and arguments. */
  readonly initializer: { readonly fn: unknown; readonly args: unknown; readonly packed: boolean } | null
}

/** Numbers of calls go round: they are 32-bit. Is `a` later than `b`? */
export function isLater(a: number, b: number): boolean {
  return ((a - b) | 0) > 0
}
