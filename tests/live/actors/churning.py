"""Sleepers that share epolls in pairs, beside processes that open and close descriptors as fast as they can.

Arguments: pairs, and how many storms. Tells `pairs`: two places (pid, fd) each, and `storms`.
"""

import os
import random
import select
import socket
import sys

import stage

FDS = range(60, 100)


def one_end(ends):
    os.close(ends[1])
    return ends[0]


MAKERS = (
    lambda: stage.libc.epoll_create1(0),
    lambda: os.eventfd(0),
    lambda: stage.libc.timerfd_create(1, 0),
    lambda: one_end(os.pipe()),
    lambda: one_end([end.detach() for end in socket.socketpair()]),
    lambda: os.open(os.devnull, os.O_RDONLY),
    lambda: stage.libc.inotify_init1(0),
)


def storm():
    """Put something else at each number, an epoll at every other."""
    for fd in FDS:
        made = MAKERS[0]() if fd % 2 else random.choice(MAKERS)()
        os.dup2(made, fd)
        os.close(made)


pairs = []
storms = [stage.child(dict, storm) for _ in range(int(sys.argv[2]) // 2)]
for _ in range(int(sys.argv[1])):
    epoll = select.epoll()
    first, second = stage.child(dict), stage.child(dict)
    pairs.append([[first["pid"], epoll.fileno()], [second["pid"], epoll.fileno()]])
    spare = os.dup(epoll.fileno())
    epoll.close()
    stage.keep(spare)
storms += [stage.child(dict, storm) for _ in range(int(sys.argv[2]) - len(storms))]
stage.tell(pairs=pairs, storms=[one["pid"] for one in storms])
