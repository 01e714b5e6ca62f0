"""A process that asks an epoll again and again, which has only one thing to say: that nobody writes to a pipe any more.

`spins` has its pid and the number of the epoll, `ended` the end of the pipe. It has a priority of real time, so that it
has a processor to itself on a machine at work, too.
"""

import os
import select

import stage

reading, writing = os.pipe()
epoll = stage.keep(select.epoll())
epoll.register(reading, select.EPOLLIN)
os.close(writing)


def spin() -> dict[str, object]:
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    return {"fd": epoll.fileno()}


stage.tell(spins=stage.child(spin, epoll.poll), ended=stage.here(reading))
