"""Python's multiprocessing.Value: answers the same question as shared.js, on the same terms."""

import multiprocessing
import time

from python_serve import serve


def increments(question):
    """Increments per second, each under the value's lock."""
    value = multiprocessing.Value("i", 0)
    lock = value.get_lock()
    done = 0
    started = time.perf_counter()
    elapsed = 0.0
    while elapsed * 1000 < question["budget"]:
        for _ in range(question["count"]):
            with lock:
                value.value += 1
        done += question["count"]
        elapsed = time.perf_counter() - started
    return {"value": done / elapsed}


MEASUREMENTS = {"increments": increments}


if __name__ == "__main__":
    serve(MEASUREMENTS)
