"""Python's multiprocessing.Pool: answers the same questions as pool.js, on the same terms."""

import math
import multiprocessing
import os
import signal
import statistics
import sys
import time

from python_serve import serve


def noop(_):
    pass


def double(x):
    return x * 2


def echo(value):
    return value


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def busy(ms):
    until = time.perf_counter() + ms / 1000
    while time.perf_counter() < until:
        pass


def die_once(what):
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)


def is_prime(n):
    if n < 2 or (n % 2 == 0 and n != 2):
        return False
    for divisor in range(3, math.isqrt(n) + 1, 2):
        if n % divisor == 0:
            return False
    return True


sys.setrecursionlimit(3000)
WORKERS = int(sys.argv[1])
# Its start method, or None: the one that Python chooses here.
METHOD = sys.argv[2] if len(sys.argv) > 2 else None
pool = None


def opened():
    global pool
    if pool is None:
        pool = multiprocessing.get_context(METHOD).Pool(WORKERS)
    return pool


def milliseconds(work):
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def wave(count, argument):
    if argument is None:
        return milliseconds(lambda: opened().map(noop, range(count), chunksize=1))
    return milliseconds(lambda: opened().map(factorial, [argument] * count, chunksize=1))


def throughput(question):
    """Tasks per second of Pool.map with chunksize=1."""
    tasks, ms = 0, 0.0
    while tasks == 0 or ms < question["budget"]:
        ms += wave(question["wave"], question.get("argument"))
        tasks += question["wave"]
    return {"value": tasks / ms * 1000}


def map_throughput(question):
    """Items per second of Pool.map with the chunks that it chooses."""
    numbers = list(range(question["items"]))
    items, ms = 0, 0.0
    while ms < question["budget"]:
        ms += milliseconds(lambda: opened().map(double, numbers))
        items += len(numbers)
    return {"value": items / ms * 1000, "items": items, "ms": ms}


def latency(question):
    times = []
    for index in range(question["count"]):
        times.append(milliseconds(lambda: opened().apply(noop, (index,))) * 1000)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50": cuts[49], "p99": cuts[98]}


def mixed_lengths(count):
    """As in stats.js."""
    seed, lengths = 1, []
    for _ in range(count):
        seed = seed * 48271 % 2147483647
        lengths.append(10 if seed % 10 == 0 else 0.2)
    return lengths


def mixed(question):
    lengths = mixed_lengths(question["tasks"])
    ideal = sum(lengths) / WORKERS
    return {"value": ideal / milliseconds(lambda: opened().map(busy, lengths, chunksize=1))}


def load(question):
    times, results = [], []
    started = time.perf_counter()
    due = started
    while due < started + question["ms"] / 1000:
        time.sleep(max(0, due - time.perf_counter()))
        done = lambda _, due=due: times.append((time.perf_counter() - due) * 1000)
        results.append(opened().apply_async(busy, (question["busy"],), callback=done))
        due += question["every"] / 1000
    for result in results:
        result.get()
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"value": cuts[98], "p50": cuts[49]}


def memory_of_tree():
    def children(pid):
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(child) for child in file.read().split()]

    def proportional(pid):
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))

    own = os.getpid()
    return sum(proportional(pid) for pid in [own, *children(own)]) / 1024


def footprint(question):
    before = memory_of_tree()
    wave(question["tasks"], None)
    time.sleep(0.3)
    return {"value": memory_of_tree() - before}


def first_call(_):
    return {"value": milliseconds(lambda: opened().apply(noop, (0,)))}


def recovery(_):
    lonely = multiprocessing.Pool(1)
    lonely.apply(die_once, ("live",))

    def crash_and_go_on():
        lost = lonely.apply_async(die_once, ("die",))
        lost.get()
        lonely.apply(die_once, ("live",))

    return {"value": milliseconds(crash_and_go_on)}


def transfer(question):
    payload = bytes(question["bytes"])
    times = []
    deadline = time.perf_counter() + question["budget"] / 1000
    while not times or time.perf_counter() < deadline:
        times.append(milliseconds(lambda: opened().apply(echo, (payload,))))
    return {"value": statistics.median(times), "calls": len(times)}


MEASUREMENTS = {
    "throughput": throughput,
    "map": map_throughput,
    "latency": latency,
    "mixed": mixed,
    "load": load,
    "footprint": footprint,
    "firstCall": first_call,
    "recovery": recovery,
    "transfer": transfer,
}


def main():
    serve(MEASUREMENTS)
    if pool is not None:
        pool.terminate()
        pool.join()


if __name__ == "__main__":
    main()
