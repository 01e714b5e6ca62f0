"""Two processes that take turns at accept(2) by one named semaphore, which one of them has taken.

Argument: the name of the semaphore, which whoever starts this removes.
"""

import ctypes
import os
import socket
import sys

import stage

O_CREAT = os.O_CREAT
NAME = sys.argv[1].encode()
stage.libc.sem_open.restype = ctypes.c_void_p


def opened() -> ctypes.c_void_p:
    """Open the semaphore, as each process does for itself."""
    found = stage.libc.sem_open(NAME, O_CREAT, 0o600, 1)
    if not found:
        stage.check(-1, "sem_open")
    return ctypes.c_void_p(found)


listener = stage.keep(socket.create_server(("127.0.0.1", 0), backlog=8))


def takes() -> dict[str, object]:
    """Take the semaphore, and have the turn at accept(2)."""
    stage.keep(semaphore := opened())
    stage.check(stage.libc.sem_wait(semaphore), "sem_wait")
    return {"listener": stage.here(listener.fileno())}


def accepts() -> None:
    """Wait for a connection, with the semaphore taken."""
    listener.accept()


def waits() -> dict[str, object]:
    """Open the semaphore that the other one has taken."""
    stage.keep(opened())
    return {"listener": stage.here(listener.fileno())}


def queues() -> None:
    """Wait for the semaphore."""
    stage.libc.sem_wait(opened())


stage.tell(taker=stage.child(takes, accepts), waiter=stage.child(waits, queues))
