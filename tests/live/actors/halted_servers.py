"""Servers that do not accept what comes in: one is stopped, one is traced, one is frozen, one is stopped at work.

Beside them is one that waits as it should. Each has a listener of its own and blocks in accept(2) on it, but for the
one at work, which was never in a call. `frozen` is null where no cgroup can be made to freeze.
"""

import contextlib
import ctypes
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import stage

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
UNIFIED = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")


def server(then: Callable[[socket.socket], object] = socket.socket.accept) -> dict[str, Any]:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        return stage.child(lambda: {"fd": listener.fileno()}, then=lambda: then(listener))


def work(_: socket.socket) -> None:
    while True:
        pass


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]


def until(condition: Callable[[], bool]) -> None:
    """Wait for what must come; the test that started the actor has the patience."""
    while not condition():
        time.sleep(0.01)


def in_call(pid: int) -> bool:
    return Path(f"/proc/{pid}/syscall").read_text(encoding="ascii").split()[0].isdecimal()


def stop(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)
    until(lambda: state(pid) == "T")


def trace(pid: int) -> None:
    for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
        stage.check(stage.libc.ptrace(request, pid, ctypes.c_void_p(0), ctypes.c_void_p(0)), "ptrace")
    until(lambda: state(pid) == "t")


def freeze(pid: int) -> Path | None:
    """Freeze a process in a cgroup of its own, by either version; None where neither can."""
    name = f"sockscope-test-{os.getpid()}"
    for root, file, frozen in (
        *((place, "cgroup.freeze", "1") for place in UNIFIED),
        ("/sys/fs/cgroup/freezer", "freezer.state", "FROZEN"),
    ):
        group = Path(root) / name
        with contextlib.suppress(OSError):
            if not (Path(root) / "cgroup.procs").exists():
                continue
            group.mkdir()
            try:
                (group / "cgroup.procs").write_text(str(pid), encoding="ascii")
                (group / file).write_text(frozen, encoding="ascii")
            except OSError:
                leave(group, pid)
                raise
            until(lambda: Path(f"/proc/{pid}/wchan").read_text(encoding="ascii") not in {"inet_csk_accept", "0"})
            return group
    return None


def leave(group: Path, pid: int) -> None:
    """Thaw and give the cgroup back."""
    for file, thawed in (("cgroup.freeze", "0"), ("freezer.state", "THAWED")):
        if (group / file).exists():
            (group / file).write_text(thawed, encoding="ascii")
    with contextlib.suppress(OSError):  # it has ended
        (group.parent / "cgroup.procs").write_text(str(pid), encoding="ascii")
    until(lambda: not (group / "cgroup.procs").read_text(encoding="ascii").strip())
    group.rmdir()


servers = {name: server() for name in ("waiting", "stopped", "traced", "frozen")}
servers["working"] = server(work)
for name, one in servers.items():
    if name != "working":
        until(lambda one=one: in_call(one["pid"]))
stop(servers["stopped"]["pid"])
stop(servers["working"]["pid"])
trace(servers["traced"]["pid"])
group = freeze(servers["frozen"]["pid"])
try:
    stage.tell(**servers | ({} if group is not None else {"frozen": None}))
finally:
    if group is not None:
        leave(group, servers["frozen"]["pid"])
