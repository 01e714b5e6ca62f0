"""A world with real processes: what the model says of them, they have been told to do."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from sockscope.kernel.process import parse_stat
from sockscope.kernel.procfs import Procfs
from tests.worlds.actor import SIZE, libc
from tests.worlds.model import Entry, File, Model, Row, Socket, Thing

ACTOR = Path(__file__).parent / "actor.py"
PROCFS = Procfs()
MOST, QUEUES = 8, 2
CREDENTIALS = struct.Struct("3i")
"""`struct ucred`: pid, uid, gid of who sends, in the namespaces of who receives (unix(7))."""
LAST_PID, PID_MAX = Path("/proc/sys/kernel/ns_last_pid"), Path("/proc/sys/kernel/pid_max")
PATIENCE = 30
"""Seconds that an actor gets to answer; only a failing test waits this long."""
Words = dict[str, Any]


class LostError(Exception):
    """The world cannot go on: an actor does not do what it has to."""


class World(Model):
    """A model, and the processes that it is the model of. They are gone when the block ends."""

    def __init__(self, seed: int, *, share: bool = True) -> None:
        super().__init__()
        self.seed = seed
        self.share = share
        """Whether processes may share descriptor tables."""
        self.most = MOST
        """Processes that it has at the most."""
        self.log: list[tuple[str, Words]] = []
        """Operations that were done."""
        self.namespaces = 0
        self.directory = tempfile.mkdtemp(prefix="sockscope-world-")
        self._first: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "World":
        ours, theirs = self.channel()
        with theirs:
            self._first = subprocess.Popen(
                [sys.executable, "-S", "-E", str(ACTOR), str(theirs.fileno()), "first"],
                start_new_session=True, pass_fds=(theirs.fileno(),),
            )  # fmt: skip
        pid = self._first.pid
        self.rows["w0"] = Row("w0", pid, ours, {}, pgid=pid, sid=pid)
        self.hear(self.rows["w0"])
        return self

    def __exit__(self, *_: object) -> None:
        pids = [row.pid for row in self.rows.values() if row.alive and not row.thread_of]
        for row in self.rows.values():
            row.channel.close()
        cast = []
        for pid in pids:
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                cast.append(psutil.Process(pid))
                os.kill(pid, signal.SIGKILL)
        psutil.wait_procs(cast, PATIENCE)
        if self._first is not None:
            self._first.wait(PATIENCE)
        for which in range(QUEUES):
            libc.mq_unlink(self.queue_name(which).encode())
        shutil.rmtree(self.directory, ignore_errors=True)

    def queue_name(self, which: int) -> str:
        """Name one of its POSIX message queues, which nothing but this keeps when it ends."""
        return f"/{os.path.basename(self.directory)}-{which}"

    def channel(self) -> tuple[socket.socket, socket.socket]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        return ours, theirs

    def tell(self, row: Row, do: str, *fds: int, **words: Any) -> Words | None:
        """Have a row do something; None when the kernel refuses. `from` of the answer is its pid as we have it."""
        socket.send_fds(row.channel, [json.dumps({"do": do, **words}).encode()], list(fds))
        answer = self.hear(row)
        return None if "errno" in answer else answer

    def hear(self, row: Row) -> Words:
        if not select.select([row.channel], [], [], PATIENCE)[0]:
            msg = f"{row.name} does not answer"
            raise LostError(msg)
        data, extra, _, _ = row.channel.recvmsg(SIZE, socket.CMSG_SPACE(CREDENTIALS.size))
        if not data:
            msg = f"{row.name} has ended"
            raise LostError(msg)
        answer: Words = json.loads(data)
        return answer | {"from": CREDENTIALS.unpack(extra[0][2])[0]}

    def rest(self) -> None:
        """Wait until everybody waits for what to do next: an answer comes before its actor is asleep."""
        deadline = time.monotonic() + PATIENCE
        for row in self.living():
            while not self._rests(row):
                if time.monotonic() > deadline:
                    msg = f"{row.name} does not come to rest"
                    raise LostError(msg)
                time.sleep(0.001)

    def _rests(self, row: Row) -> bool:
        """Tell whether a row sleeps, and not just for the moment between an answer and what it waits in."""
        ran = PROCFS.record(row.pid, f"task/{row.pid}/schedstat")
        if parse_stat(PROCFS.read(row.pid, f"task/{row.pid}/stat")).state == "R":
            return False
        os.sched_yield()
        return PROCFS.record(row.pid, f"task/{row.pid}/schedstat") == ran

    def end(self, row: Row) -> None:
        """Have a process end, and wait until it is gone."""
        row.channel.send(json.dumps({"do": "leave"}).encode())
        if self._first is not None and row.pid == self._first.pid:
            self._first.wait(PATIENCE)
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(row.pid).wait(PATIENCE)

    def give_next(self, pid: int) -> None:
        """Let the next process have this pid, if it is free and nobody else begins one before (`pid_namespaces(7)`)."""
        LAST_PID.write_text(str(pid - 1), encoding="ascii")

    # What operations do to the model

    def fits(self, row: str, *fds: int) -> Row | None:
        """Return a row that is alive and has these numbers free."""
        one = self.rows.get(row)
        if one is None or not one.alive or len(set(fds)) < len(fds) or any(fd in one.table for fd in fds):
            return None
        return one

    def enter(self, row: Row, fd: int, file: File, cloexec: bool) -> None:
        if isinstance(file.thing, Socket):
            file.thing.held = True
        row.table[fd] = Entry(file, cloexec)

    def new(self, thing: Thing) -> Thing:
        self.things[thing.name] = thing
        return thing

    def name(self, kind: str) -> str:
        return f"{kind}{len(self.log)}"
