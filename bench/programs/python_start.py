"""One start of a multiprocessing.Process, up to the first line run in it: answers the same question as start.js."""

import multiprocessing
import sys
import time

from python_serve import serve


def first_line(sender):
    at = time.monotonic_ns()
    sender.send(at)


def start(_):
    context = multiprocessing.get_context(sys.argv[1])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=first_line, args=(sender,))
    started = time.monotonic_ns()
    process.start()
    sender.close()
    at = receiver.recv()
    process.join()
    return {"value": (at - started) / 1e6}


if __name__ == "__main__":
    serve({"start": start})
