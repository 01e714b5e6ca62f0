"""Things that would stop somebody who opens, follows or reads all of them. Argument: an empty directory."""

import os
import resource
import select
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "live" / "actors"))

import stage

REGISTRATIONS = 10_000
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
wanted = REGISTRATIONS + 100
resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))


def fifo() -> dict[str, object]:
    path = os.path.join(sys.argv[1], "fifo")
    os.mkfifo(path)
    return {"fifo": stage.here(os.open(path, os.O_RDONLY | os.O_NONBLOCK))}


def crowd() -> dict[str, object]:
    epoll = stage.keep(select.epoll())
    for _ in range(REGISTRATIONS):
        epoll.register(os.eventfd(0), select.EPOLLIN)
    return {"epoll": {"pid": os.getpid(), "fd": epoll.fileno()}}


stopped = stage.child(dict, lambda: os.kill(os.getpid(), signal.SIGSTOP))
stage.tell(waiting=stage.child(fifo), crowd=stage.child(crowd), stopped=stopped)
