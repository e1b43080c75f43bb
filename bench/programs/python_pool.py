"""Python's multiprocessing.Pool: answers the same questions as pool.js, on the same terms."""

import json
import math
import multiprocessing
import os
import signal
import statistics
import sys
import time


def noop(_):
    pass


def double(x):
    return x * 2


def echo(value):
    return value


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


WORKERS = int(sys.argv[1])
pool = None


def opened():
    global pool
    if pool is None:
        pool = multiprocessing.Pool(WORKERS)
    return pool


def milliseconds(work):
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def wave(count):
    return milliseconds(lambda: opened().map(noop, range(count), chunksize=1))


def throughput(question):
    """Tasks per second of Pool.map with chunksize=1."""
    tasks, ms = 0, 0.0
    while ms < question["budget"]:
        ms += wave(question["wave"])
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
    "firstCall": first_call,
    "recovery": recovery,
    "transfer": transfer,
}


def main():
    answers = os.fdopen(3, "w", buffering=1)
    os.set_inheritable(3, False)
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = MEASUREMENTS[question["measure"]](question)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
    if pool is not None:
        pool.terminate()
        pool.join()


if __name__ == "__main__":
    main()
