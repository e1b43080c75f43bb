"""Python's multiprocessing.Lock and Pipe: answers the same questions as locks.js, on the same terms."""

import multiprocessing
import statistics
import time

from python_serve import serve

TURNS = 100


def uncontended(question):
    """Millions of acquire and release per second."""
    lock = multiprocessing.Lock()
    end = time.perf_counter() + question["budget"] / 1000
    count, seconds = 0, 0.0
    while time.perf_counter() < end:
        began = time.perf_counter()
        for _ in range(TURNS * 100):
            lock.acquire()
            lock.release()
        seconds += time.perf_counter() - began
        count += TURNS * 100
    return {"value": count / seconds / 1e6}


def take_turns(lock, ready, go, counts, seconds):
    for _ in range(20_000):
        lock.acquire()
        lock.release()
    ready.release()
    go.wait()
    end = time.perf_counter() + seconds
    count = 0
    while time.perf_counter() < end:
        for _ in range(TURNS):
            lock.acquire()
            lock.release()
        count += TURNS
    counts.put(count)


def contended(question):
    lock, ready = multiprocessing.Lock(), multiprocessing.Semaphore(0)
    go, counts = multiprocessing.Event(), multiprocessing.SimpleQueue()
    seconds = question["budget"] / 1000
    processes = [
        multiprocessing.Process(target=take_turns, args=(lock, ready, go, counts, seconds))
        for _ in range(question["processes"])
    ]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire()
    go.set()
    total = sum(counts.get() for _ in processes)
    for process in processes:
        process.join()
    return {"value": total / seconds / 1e6}


def pong(connection, rounds):
    for _ in range(rounds):
        connection.send(connection.recv())


def wakeup(question):
    """A small object there and back through a Pipe."""
    rounds = question["count"] + 500
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=pong, args=(there, rounds))
    process.start()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        here.send(1)
        here.recv()
        times.append((time.perf_counter() - began) * 1e6)
    process.join()
    cuts = statistics.quantiles(times[500:], n=100, method="inclusive")
    return {"p50": cuts[49], "p99": cuts[98]}


MEASUREMENTS = {"uncontended": uncontended, "contended": contended, "wakeup": wakeup}


if __name__ == "__main__":
    serve(MEASUREMENTS)
