"""Python's multiprocessing.Queue and Pipe: answers the same questions as channels.js, on the same terms."""

import json
import multiprocessing
import os
import sys
import time


def value_of(size):
    return {"id": 7, "name": "abc", "tags": ["x", "y"], "on": True} if size == "object" else b"\x07" * size


def produce(orders, queue, pipe):
    while True:
        order = orders.get()
        if order is None:
            return
        over, size, count = order
        value = value_of(size)
        for _ in range(count + 1):
            if over == "queue":
                queue.put(value)
            else:
                pipe.send_bytes(value)


def main():
    orders, queue = multiprocessing.Queue(), multiprocessing.Queue()
    here, there = multiprocessing.Pipe(False)
    producer = multiprocessing.Process(target=produce, args=(orders, queue, there))
    producer.start()
    answers = os.fdopen(3, "w", buffering=1)
    for line in sys.stdin:
        question = json.loads(line)
        over, count = question["measure"], question["count"]
        get = queue.get if over == "queue" else here.recv_bytes
        orders.put((over, question["size"], count))
        get()
        started = time.perf_counter()
        for _ in range(count):
            get()
        answers.write(json.dumps({"value": count / (time.perf_counter() - started)}) + "\n")
    orders.put(None)
    producer.join()


if __name__ == "__main__":
    main()
