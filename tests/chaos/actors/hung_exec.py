"""A process that does not get through execve(2), since its memory is its parent's, who keeps it locked.

It is a child by posix_spawn(3), which has the memory of its parent until it is another program. From when
it lets that go until it has its own it holds its `exec_update_lock`, and whoever reads its
`/proc/PID/syscall` or compares a descriptor of it waits for that (fs/exec.c, kernel/kcmp.c).

hung_exec.py DIRECTORY, which becomes the mount. The child waits at a gate, a FIFO, until that is opened for writing.
"""

import ctypes
import os
import select
import sys
import threading
import time

import locked_memory
import stage

PROGRAM = b"/bin/sleep"
WORDS = (ctypes.c_char_p * 3)(PROGRAM, b"1000", None)
OPENS = {b"2", b"56", b"257"}
"""Numbers of open and openat on x86-64 and elsewhere."""
PAUSE = 0.01
directory = sys.argv[1]
gate = f"{directory}.gate"
os.mkfifo(gate)
server = locked_memory.mount(directory)


def spawn() -> None:
    """Start a program that has to go through the gate first; comes back when it is there: at the end of the mount."""
    actions = ctypes.create_string_buffer(256)
    stage.libc.posix_spawn_file_actions_init(actions)
    stage.libc.posix_spawn_file_actions_addopen(actions, 0, os.fsencode(gate), os.O_RDONLY, 0)
    stage.libc.posix_spawn(ctypes.byref(ctypes.c_int()), PROGRAM, actions, None, WORDS, (ctypes.c_char_p * 1)(None))


def spawned(owner: int) -> int:
    """Wait until the child of a process is at the gate, and return its pid."""
    while True:
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            if told(pid, "stat").rpartition(b")")[2].split()[1:2] == [b"%d" % owner] and calling(pid) in OPENS:
                return pid
        time.sleep(PAUSE)


def told(pid: int, name: str) -> bytes:
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def calling(pid: int) -> bytes:
    return told(pid, "syscall").partition(b" ")[0]


def wait_for_sleep(pid: int) -> None:
    """Wait until a process is in state D; from its `status`, since its `stat` may make us wait as well."""
    while b"\nState:\tD" not in told(pid, "status"):
        time.sleep(PAUSE)


def prepare() -> None:
    os.close(server)
    locked_memory.write(directory)
    stage.keep((select.epoll(), os.eventfd(0)))


def spawn_and_lock() -> None:
    threading.Thread(target=spawn, daemon=True).start()
    spawned(os.getpid())
    locked_memory.map_over()


owner = stage.child(prepare, spawn_and_lock)["pid"]
child = spawned(owner)
wait_for_sleep(owner)
stage.tell(owner=owner, child=child, gate=gate)
