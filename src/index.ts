/**
 * manycore: define a function; everything else is done for you, on another thread, another process, another machine.
 *
 * This is the shop window: it only shows what the rooms make.
 */

import { libraryLoaded } from './worker/index.ts'

// ── one function in a worker of its own ──────────────────────────────────────────────────────────────────────
export {
  BaseWorker,
  Process,
  type ProcessOptions,
  Thread,
  type ThreadOptions,
  Timer,
  type WorkerOptions,
} from './worker/index.ts'
export type { ResourceLimits, Stdio } from './link/index.ts'
export {
  activeChildren,
  activeThreads,
  cpuCount,
  currentProcess,
  currentThread,
  mainThread,
  type ParentProcess,
  parentProcess,
} from './worker/index.ts'
export { freezeSupport, setExecutable, setUncaughtHook, type UncaughtHook } from './worker/index.ts'
export { getAllStartMethods, getStartMethod, setStartMethod, type StartMethod } from './worker/index.ts'
export { Context, getContext } from './pool/index.ts'

// ── many calls on a crew of workers ──────────────────────────────────────────────────────────────────────────
export {
  type ApplyOptions,
  AsyncResult,
  BasePool,
  type CallOptions,
  Imap,
  type ImapOptions,
  type Items,
  type MapOptions,
  Pool,
  type PoolOptions,
  type PoolStats,
  type Percentiles,
  ThreadPool,
} from './pool/index.ts'
export type { PoolEvent, TaskEvent, WorkerEvent } from './base/index.ts'

// ── executors and futures ────────────────────────────────────────────────────────────────────────────────────
export {
  asCompleted,
  type CompletedFutures,
  type DoneAndNotDone,
  type Executor,
  type ExecutorMapOptions,
  Future,
  type FutureState,
  type Group,
  group,
  type MapResults,
  type ProgressListener,
  type ReturnWhen,
  type ShutdownOptions,
  type SubmitOptions,
  wait,
  type WaitFuturesOptions,
} from './future/index.ts'
export {
  BaseExecutor,
  createExecutor,
  type ExecutorKind,
  type ExecutorOptions,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
} from './pool/index.ts'

// ── inside a task ────────────────────────────────────────────────────────────────────────────────────────────
export { currentTask, type TaskContext, transfer } from './worker/index.ts'

// ── queues and pipes ─────────────────────────────────────────────────────────────────────────────────────────
export {
  Connection,
  connection,
  handOver,
  JoinableQueue,
  LifoQueue,
  Pipe,
  type PipeOptions,
  PriorityQueue,
  type PriorityQueueOptions,
  Queue,
  type SendBytesOptions,
  SimpleQueue,
  type Waitable,
} from './channel/index.ts'

// ── locks, for threads and processes alike ───────────────────────────────────────────────────────────────────
export {
  Barrier,
  type BarrierOptions,
  BaseLock,
  type BlockingOptions,
  BoundedSemaphore,
  Condition,
  type ConditionOptions,
  Event,
  type EventOptions,
  Guard,
  Local,
  Lock,
  type LockOptions,
  RLock,
  Semaphore,
  type SemaphoreOptions,
} from './sync/index.ts'

// ── memory that threads and processes share ──────────────────────────────────────────────────────────────────
export {
  type ArrayInit,
  type AtomicCharacter,
  type AtomicInteger,
  type AtomicNumber,
  type AtomicOf,
  type Fields,
  type FieldsIn,
  type FieldType,
  type FieldValue,
  type ItemType,
  type LockOf,
  type LockOption,
  type ShareableItem,
  ShareableList,
  type ShareableListOptions,
  type SharingOptions,
  RawArray,
  RawValue,
  type RecordOf,
  type ScalarName,
  type Scalars,
  share,
  Shared,
  SharedArray,
  type SharedForm,
  SharedMemory,
  type SharedMemoryOptions,
  Struct,
  struct,
  type Typecode,
  Value,
  type ValueInit,
  type ValueOf,
  type ValueType,
  type Views,
} from './shared/index.ts'

// ── how things cross ─────────────────────────────────────────────────────────────────────────────────────────
export { type ClassOptions, registerClass } from './codec/index.ts'
export { byReference, byValue, explain, type Report, type ReportNode } from './capture/index.ts'
export { type LoadedExport, loadExport } from './capture/index.ts'

// ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────
export {
  AuthenticationError,
  BrokenBarrierError,
  BrokenPoolError,
  CancelledError,
  CaptureError,
  ClosedError,
  CodecError,
  DeadlockError,
  Empty,
  EOFError,
  type ErrorCode,
  Full,
  InternalError,
  InvalidStateError,
  ManycoreError,
  MemoryError,
  OwnerDiedError,
  RemoteError,
  ShutDown,
  SystemExit,
  TimeoutError,
  UsageError,
  WorkerDiedError,
  type WaitOptions,
} from './base/index.ts'

libraryLoaded()
