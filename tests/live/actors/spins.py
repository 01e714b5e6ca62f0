"""A process that asks an epoll again and again, which has only one thing to say: that a connection has ended.

`spins` has its pid and the number of the epoll, `ended` the end that is left of the connection. It has a priority of
real time, so that it has a processor to itself on a machine at work, too.
"""

import os
import select
import socket

import stage

left, closed = socket.socketpair()
epoll = stage.keep(select.epoll())
epoll.register(left, select.EPOLLIN)
closed.close()


def spin() -> dict[str, object]:
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    return {"fd": epoll.fileno()}


stage.tell(spins=stage.child(spin, epoll.poll), ended=stage.here(left.fileno()))
