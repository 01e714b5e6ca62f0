"""A terminal whose master is closed, opened twice and handed down, and one whose number only a name is left of.

Tells `old` (places of the first), `name` (opened O_PATH, and its terminal gone), and `new` and `master`: places of a
terminal made since, which has the number and the inode of that name where nobody else took them first.
"""

import os

import stage

first_master, first_slave = os.openpty()
name = os.open(os.ttyname(first_slave), os.O_PATH)
os.close(first_slave)
os.close(first_master)
master, new = os.openpty()

old_master, old = os.openpty()
again = os.open(os.ttyname(old), os.O_RDWR | os.O_NOCTTY)
os.close(old_master)
spare = os.openpty()

pids = [os.getpid(), stage.child(dict)["pid"]]


def places(*fds):
    return [[pid, fd] for pid in pids for fd in fds]


stage.tell(old=places(old, again), name=places(name), new=places(new), master=places(master))
