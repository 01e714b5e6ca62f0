"""Two processes with one descriptor table: clone(CLONE_FILES) that makes no thread. The child leaves it when told.

Argument `empty`: nothing is open in it once the truth is told, and both stay until they are ended.
"""

import ctypes
import json
import os
import signal
import sys

import stage

CLONE, CLONE_FILES = {"x86_64": 56, "aarch64": 220}[os.uname().machine], 0x400


def leave(signal: int, frame: object) -> None:
    """Take a copy of the table, as unshare(2) and execve(2) do."""
    stage.check(stage.libc.unshare(ctypes.c_int(CLONE_FILES)), "unshare")


reading, writing = os.pipe()
signal.signal(signal.SIGUSR1, leave)
parent = os.getpid()
child = stage.check(stage.libc.syscall(CLONE, CLONE_FILES | signal.SIGCHLD, 0, 0, 0, 0), "clone")
if child == 0:
    stage.die_with(parent)
    while True:
        signal.pause()
if "empty" in sys.argv:
    os.write(1, json.dumps({"pid": parent, "child": child}).encode() + b"\n")
    os.closerange(0, os.sysconf("SC_OPEN_MAX"))
    while True:
        signal.pause()
stage.tell(child=child, reader=stage.here(reading), writer=stage.here(writing))
