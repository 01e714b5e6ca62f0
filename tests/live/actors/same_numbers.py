"""Threads that wait at a number which means another file in the table of their process: by now, or always has."""

import ctypes
import os
import threading

import stage

CLONE_FILES = 0x400
apart, moved, alone = os.pipe(), os.pipe(), os.pipe()
elsewhere, later = os.pipe(), os.pipe()
tids: dict[str, int] = {}


def wait_in_own_table() -> None:
    """Wait for what the number is in a table of its own."""
    stage.check(stage.libc.unshare(ctypes.c_int(CLONE_FILES)), "unshare")
    os.dup2(elsewhere[0], apart[0])
    tids["apart"] = threading.get_native_id()
    os.read(apart[0], 1)


def wait_in_ours() -> None:
    """Wait for what the number is now."""
    tids["moved"] = threading.get_native_id()
    os.read(moved[0], 1)


def is_reading(name: str) -> bool:
    try:
        with open(f"/proc/self/task/{tids[name]}/wchan", encoding="ascii") as file:
            return "pipe_read" in file.read()
    except KeyError:
        return False


for part in (wait_in_own_table, wait_in_ours):
    threading.Thread(target=part, daemon=True).start()
while not (is_reading("apart") and is_reading("moved")):
    os.sched_yield()
os.dup2(later[0], moved[0])
single = stage.child(lambda: stage.here(alone[0]), lambda: os.read(alone[0], 1))
stage.tell(apart=stage.here(apart[0]), moved=stage.here(moved[0]), tids=tids, single=single)
