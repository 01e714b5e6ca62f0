"""A process with as many threads as its argument says, all asleep, and a few `epolls`."""

import select
import sys
import threading

import stage

forever, started = threading.Event(), threading.Barrier(int(sys.argv[1]) + 1)


def sleep():
    started.wait()
    forever.wait()


for _ in range(int(sys.argv[1])):
    threading.Thread(target=sleep, daemon=True).start()
started.wait()
stage.tell(epolls=[stage.keep(select.epoll()).fileno() for _ in range(6)])
