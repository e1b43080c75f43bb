"""Python's ProcessPoolExecutor.map: answers the same questions as executor.js, on the same terms."""

import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor


def noop(_):
    pass


def map_throughput(executor, question):
    """Items per second of map with its default chunk size, 1."""
    numbers = list(range(question["items"]))
    items = 0
    started = time.perf_counter()
    ms = 0.0
    while ms < question["budget"]:
        if len(list(executor.map(noop, numbers))) != len(numbers):
            raise RuntimeError("results are missing")
        items += len(numbers)
        ms = (time.perf_counter() - started) * 1000
    return {"value": items / ms * 1000}


def main():
    answers = os.fdopen(3, "w", buffering=1)
    os.set_inheritable(3, False)
    with ProcessPoolExecutor(int(sys.argv[1])) as executor:
        for line in sys.stdin:
            try:
                answer = map_throughput(executor, json.loads(line))
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
