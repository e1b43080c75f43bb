import assert from 'node:assert/strict'
import { Plan } from '../../src/pool/plan.ts'
import type { Instruction, PlanEvent, PlanTask, PlanWorker } from '../../src/pool/plan-words.ts'
import type { TaskState } from '../../src/pool/plan-table.ts'

/** A task of the model, with what became of it. */
export class ModelTask implements PlanTask {
  readonly id: number
  readonly priority: number
  readonly once: boolean
  retries: number
  state: TaskState = 'new'
  worker: PlanWorker | undefined = undefined
  again = false
  /** How often it was begun by a worker, and how often its caller was told. */
  begun = 0
  told = 0
  /** Cancelled while a worker had it, so that its end is told as well; and how often it was. */
  lingers = false
  stopped = 0
  readonly tries: number

  constructor(id: number, priority: number, retries: number) {
    this.id = id
    this.priority = priority
    // Some take things along that are gone once they were sent.
    this.once = priority === 2
    this.retries = this.once ? 0 : retries
    this.tries = this.retries + 1
  }
}

/** A worker as a crew would see it: a line of tasks, of which the first few run. */
interface ModelWorker {
  readonly plan: PlanWorker
  readonly line: ModelTask[]
  running: ModelTask[]
  sent: number
  retiring: boolean
  dying: boolean
  /** It says nothing any more. */
  leaving: boolean
  /** What it has not begun is about to be taken back. */
  givingBack: boolean
}

/**
 * Obeys a plan as a crew does, with workers whose every step is taken by the test, and holds it to its promises at
 * each of them.
 */
export class CrewModel {
  readonly plan: Plan<ModelTask>
  readonly workers: ModelWorker[] = []
  readonly tasks: ModelTask[] = []
  readonly log: string[] = []
  ended = 0
  gaveUp = false
  lookAgain = false
  checkLater = false
  refillSoon = false
  makeUpLater = false
  closed = false
  dropping = false
  stopped = false
  flushed = true
  #concurrency: number
  readonly #most: number

  constructor(options: {
    workers: number
    concurrency: number
    maxTasksPerChild: number | undefined
    spares: number
    onDemand: boolean
    shrinks: boolean
  }) {
    this.plan = new Plan(options)
    this.#concurrency = options.concurrency
    this.#most = options.maxTasksPerChild ?? Number.POSITIVE_INFINITY
    this.do({ kind: 'open' })
  }

  do(event: PlanEvent<ModelTask>): void {
    this.log.push(event.kind)
    for (const instruction of this.plan.handle(event)) this.#carryOut(instruction)
  }

  #carryOut(instruction: Instruction<ModelTask>): void {
    switch (instruction.do) {
      case 'start':
        this.workers.push({
          plan: instruction.worker,
          line: [],
          running: [],
          sent: 0,
          retiring: false,
          dying: false,
          leaving: false,
          givingBack: false,
        })
        return
      case 'send':
        return this.#send(this.#of(instruction.worker), instruction.tasks)
      case 'fail':
      case 'drop':
        return this.#tell(instruction.task)
      case 'stopped':
        instruction.task.stopped++
        assert.equal(instruction.task.state, 'settled')
        return
      case 'askToStop':
      case 'takeBack':
        this.#of(instruction.worker).givingBack = true
        return
      case 'retire':
        this.#of(instruction.worker).retiring = true
        return
      case 'destroy':
        this.#of(instruction.worker).dying = true
        return
      case 'lookAgain':
        this.lookAgain = true
        return
      case 'checkLater':
        assert.ok(!this.checkLater, 'it is asked for once')
        this.checkLater = true
        return
      case 'refillSoon':
        this.refillSoon = true
        return
      case 'makeUpLater':
        assert.ok(!this.makeUpLater, 'it is asked for once')
        this.makeUpLater = true
        return
      case 'watchIdle':
        return
      case 'giveUp':
      case 'giveUpUnmade':
        this.gaveUp = true
        this.stop()
        return
      case 'ended':
        this.ended++
    }
  }

  #send(worker: ModelWorker, tasks: readonly ModelTask[]): void {
    const isOnItsWayOut = worker.dying || worker.retiring || worker.leaving
    assert.ok(!isOnItsWayOut, 'nothing goes to a worker that is on its way out')
    assert.equal(worker.plan.stopping, 0, 'nothing goes to a worker that may have to go')
    worker.sent += tasks.length
    assert.ok(worker.sent <= this.#most, 'no more than maxTasksPerChild')
    const had = worker.line.length + worker.running.length
    tasks.forEach((task, place) => {
      const isReady = worker.plan.state !== 'starting'
      if (task.once) assert.ok(isReady && had + place < this.#concurrency, 'it can begin at once')
    })
    worker.line.push(...tasks)
    const held = worker.line.length + worker.running.length
    assert.ok(held <= Math.max(this.plan.depth, this.#concurrency), `a worker holds ${held}`)
  }

  #tell(task: ModelTask): void {
    task.told++
    assert.equal(task.told, 1, `task ${task.id} is settled once`)
  }

  #of(plan: PlanWorker): ModelWorker {
    const found = this.workers.find(worker => worker.plan === plan)
    assert.ok(found, 'instructions are for workers that live')
    return found
  }

  #takeBack(worker: ModelWorker): void {
    worker.givingBack = false
    for (const task of worker.line.splice(0)) {
      worker.sent--
      // As the crew: each return is told, and one flush follows them.
      this.do({ kind: 'returned', worker: worker.plan, task })
    }
    this.flushed = false
    this.#leaveIfRetired(worker)
  }

  // ── what may happen ────────────────────────────────────────────────────────────────────────────────────

  submit(priority: number, retries: number): void {
    if (this.closed || this.stopped) return
    const task = new ModelTask(this.tasks.length, priority, retries)
    this.tasks.push(task)
    this.do({ kind: 'submitted', task })
    this.flushed = false
  }

  flush(): void {
    if (this.flushed) return
    this.flushed = true
    this.do({ kind: 'flush' })
  }

  /** Some worker that is starting becomes ready. */
  ready(pick: number): void {
    const worker = pickOf(
      this.workers.filter(({ plan, dying, leaving }) => plan.state === 'starting' && !dying && !leaving),
      pick,
    )
    if (worker) this.do({ kind: 'ready', worker: worker.plan })
  }

  /** Some worker begins what it may. */
  begin(pick: number): void {
    const worker = pickOf(
      this.workers.filter(
        ({ plan, line, leaving }) => line.length > 0 && !leaving && plan.state !== 'starting',
      ),
      pick,
    )
    if (!worker) return
    while (worker.running.length < this.#concurrency && worker.line.length > 0) {
      const task = worker.line.shift() as ModelTask
      task.begun++
      worker.running.push(task)
    }
  }

  /** What some worker has not begun comes back, as was asked for a while ago. */
  takeBack(pick: number): void {
    const worker = pickOf(
      this.workers.filter(({ givingBack, leaving }) => givingBack && !leaving),
      pick,
    )
    if (worker) this.#takeBack(worker)
  }

  /** A worker is done with some of what it runs, well or badly. */
  finish(pick: number, badly: boolean, time: number): void {
    const worker = pickOf(
      this.workers.filter(({ running, leaving }) => running.length > 0 && !leaving),
      pick,
    )
    if (!worker) return
    const task = worker.running.shift() as ModelTask
    const done: ModelTask[] = []
    const failed: ModelTask[] = []
    if (badly && task.state === 'sent' && task.retries > 0 && !this.dropping) failed.push(task)
    else {
      if (task.state === 'sent') this.#tell(task)
      done.push(task)
    }
    this.do({ kind: 'finished', worker: worker.plan, done, failed, busy: time, calls: 1 })
    this.#leaveIfRetired(worker)
  }

  cancel(pick: number, again: boolean): void {
    const open = this.tasks.filter(
      ({ state, again: retried }) => state === 'waiting' || state === 'sent' || retried,
    )
    const task = pickOf(open, pick)
    if (!task) return
    if (task.state !== 'waiting') task.lingers = true
    const runsAgain = again && task.state === 'sent' && task.retries > 0
    if (runsAgain) task.lingers = false
    this.do({ kind: 'cancelled', task, again: runsAgain })
    if (!runsAgain) this.#tell(task)
    this.#leaveIfRetired()
  }

  /** A task that was asked to stop did not. */
  stubborn(pick: number): void {
    const task = pickOf(
      this.tasks.filter(({ state }) => state === 'cancelling'),
      pick,
    )
    if (task?.worker) this.do({ kind: 'stubborn', worker: task.worker })
  }

  die(pick: number): void {
    const worker = pickOf(this.workers, pick)
    if (worker) this.#die(worker)
  }

  /** Some worker could not be made: there is nothing of it. */
  unmade(pick: number): void {
    const worker = pickOf(
      this.workers.filter(({ plan, dying, leaving }) => plan.state === 'starting' && !dying && !leaving),
      pick,
    )
    if (!worker) return
    const { standby } = worker.plan
    const known = new Set(this.workers)
    this.workers.splice(this.workers.indexOf(worker), 1)
    this.do({ kind: 'unmade', worker: worker.plan, waiting: worker.line.splice(0) })
    const again = this.workers.filter(one => !known.has(one) && one.plan.standby === standby)
    assert.equal(again.length, 0, 'it is not tried again at once')
    if (!standby) assert.ok(this.makeUpLater || this.gaveUp, 'it is tried again later')
  }

  makeUp(): void {
    if (!this.makeUpLater) return
    this.makeUpLater = false
    this.do({ kind: 'makeUp' })
  }

  /** A worker is ending, and will say how a little later. */
  leave(pick: number): void {
    const worker = pickOf(this.workers, pick)
    if (!worker) return
    worker.leaving = true
    this.do({ kind: 'leaving', worker: worker.plan })
  }

  refill(): void {
    if (!this.refillSoon) return
    this.refillSoon = false
    this.do({ kind: 'refill' })
  }

  balance(): void {
    if (!this.lookAgain) return
    this.lookAgain = false
    this.do({ kind: 'balance' })
  }

  checkBusy(): void {
    if (!this.checkLater) return
    this.checkLater = false
    this.do({ kind: 'check' })
  }

  idle(pick: number): void {
    const worker = pickOf(
      this.workers.filter(({ plan, leaving }) => plan.load === 0 && plan.state === 'serving' && !leaving),
      pick,
    )
    if (!worker) return
    this.do({ kind: 'idle', worker: worker.plan })
    this.#leaveIfRetired(worker)
  }

  resize(workers: number, concurrency: number): void {
    this.#concurrency = concurrency
    this.do({ kind: 'resize', workers, concurrency })
    this.#leaveIfRetired()
  }

  close(): void {
    this.closed = true
    this.do({ kind: 'close' })
  }

  dropWaiting(): void {
    this.close()
    this.dropping = true
    this.do({ kind: 'dropWaiting' })
  }

  stop(): void {
    this.closed = true
    this.dropping = true
    this.stopped = true
    this.do({ kind: 'stop' })
  }

  /** Everything that is asked for happens, until nothing is left to do. */
  runOut(): void {
    for (let step = 0; !this.#isOver(); step++) {
      assert.ok(step < 10_000, `it hangs: ${this.describe()}`)
      this.flush()
      for (const worker of [...this.workers]) if (worker.dying || worker.leaving) this.#die(worker)
      this.ready(0)
      this.takeBack(step)
      for (let pick = 0; pick < this.workers.length; pick++) this.begin(pick)
      this.finish(step, false, 1)
      this.balance()
      this.refill()
      this.makeUp()
      for (const worker of [...this.workers]) this.#leaveIfRetired(worker)
      this.check()
    }
  }

  check(): void {
    for (const { plan, line, running } of this.workers)
      assert.equal(plan.load, line.length + running.length, 'the plan counts what a worker holds')
    for (const { plan } of this.workers)
      assert.equal(
        plan.stopping,
        this.tasks.filter(({ state, worker }) => state === 'cancelling' && worker === plan).length,
        'the plan counts what is being stopped',
      )
    for (const task of this.tasks) {
      assert.ok(task.begun <= task.tries, `task ${task.id} was begun ${task.begun} times`)
      if (task.state === 'settled') assert.equal(task.told, 1, `task ${task.id} is settled and told`)
      const ended = task.lingers && task.state === 'settled' ? 1 : 0
      assert.equal(task.stopped, ended, `task ${task.id} was told to have stopped ${task.stopped} times`)
    }
    if (this.flushed) this.#expectNobodyIdle()
    if (this.flushed) this.#expectBalance()
    if (this.flushed) this.#expectWay()
    assert.ok(this.ended <= 1, 'it ends once')
    if (this.ended > 0) assert.equal(this.workers.length, 0, 'it ends when nobody is left')
  }

  describe(): string {
    const workers = this.workers.map(
      ({ plan, line, running }) => `${plan.id} ${plan.state} line=${line.length} running=${running.length}`,
    )
    return `${workers.join('; ')}; waiting=${this.plan.inLine}; ${this.log.slice(-40).join(' ')}`
  }

  #isOver(): boolean {
    const settled = this.tasks.every(({ state }) => state === 'settled')
    return settled && (!this.closed || this.ended > 0)
  }

  /** Work waits and a worker that could take it does not: that must not be, once the plan has looked. */
  #expectNobodyIdle(): void {
    if (this.plan.inLine === 0) return
    for (const { plan, retiring, leaving } of this.workers) {
      if (leaving) continue
      const free = plan.state === 'serving' && plan.load === 0 && plan.stopping === 0
      assert.ok(!free || retiring, `worker ${plan.id} is idle while ${this.plan.inLine} wait`)
    }
  }

  /** Somebody is idle and somebody else has work that it has not begun: the plan looks again soon. */
  #expectBalance(): void {
    if (this.dropping) assert.equal(this.plan.inLine, 0, 'nothing waits that is not wanted')
    const idle = this.workers.some(
      ({ plan, leaving }) => plan.state === 'serving' && plan.load === 0 && !leaving,
    )
    const stocked = this.workers.some(({ plan, givingBack }) => plan.load > this.#concurrency && !givingBack)
    if (idle && stocked && this.plan.inLine === 0 && !this.closed)
      assert.ok(this.lookAgain, 'an idle worker gets what another has not begun')
  }

  /** While it is open, nothing waits behind much that comes after it. */
  #expectWay(): void {
    if (this.closed) return
    const waiting = this.tasks.filter(({ state }) => state === 'waiting').map(({ priority }) => priority)
    const highest = Math.max(...waiting)
    for (const { plan, line, running, leaving, givingBack } of this.workers) {
      if (plan.state !== 'serving' || leaving || givingBack) continue
      const behind = line.slice(Math.max(0, this.#concurrency - running.length))
      if (!behind.some(({ state, priority }) => state === 'sent' && priority < highest)) continue
      const ahead = (plan.load - this.#concurrency) * (this.plan.taskTime ?? 0)
      assert.ok(ahead <= 2, `${ahead} ms lie with ${plan.id} before what has priority ${highest}`)
    }
  }

  #leaveIfRetired(worker?: ModelWorker): void {
    for (const one of worker ? [worker] : [...this.workers]) {
      if (one.retiring && one.line.length + one.running.length === 0) this.#die(one)
    }
  }

  #die(worker: ModelWorker): void {
    if (!this.workers.includes(worker)) return
    this.workers.splice(this.workers.indexOf(worker), 1)
    const begun = worker.running.splice(0)
    const waiting = worker.line.splice(0)
    this.do({ kind: 'died', worker: worker.plan, begun, waiting })
  }
}

function pickOf<T>(list: readonly T[], pick: number): T | undefined {
  return list.length === 0 ? undefined : list[pick % list.length]
}
