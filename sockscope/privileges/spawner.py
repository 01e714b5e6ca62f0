"""A fork server that can do one thing: start a collector, again if need be, with the rights it was left.

The view gives up every right before it draws, so it cannot start a collector that has any. This
process keeps them, knows no screen and no name from outside, and understands two requests of one
byte each. Anything else ends it.
"""

import array
import os
import select
import socket
import struct
import subprocess
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sockscope.privileges.forked import Forked

START, KILL = b"s", b"k"
"""Requests: start a collector (in place of one that runs), end the one that runs."""
_STARTED, _FAILED, _STUCK, _ENDED = b"+", b"-", b"!", b"e"
_REPLY = struct.Struct("!ci")
_PIPES = 3
PATIENCE = 2.0
"""Seconds that a collector gets to end: by itself when its view is gone, in the kernel when it is killed."""


class Started(NamedTuple):
    """A collector runs; the caller owns the three descriptors."""

    requests: int
    frames: int
    errors: int


class Failed(NamedTuple):
    """No collector could be started."""

    code: int
    """errno."""


class Stuck(NamedTuple):
    """No collector was started: the one before it is killed and does not end, as in a call that nothing interrupts."""

    pid: int


class Ended(NamedTuple):
    """A collector has ended."""

    status: int
    """Exit status, or minus the signal that ended it."""


Reply = Started | Failed | Stuck | Ended


class SpawnerGoneError(Exception):
    """The spawner has ended; nobody can start a collector any more."""


class Spawner:
    """The view's side: ask, and take replies when the socket has some."""

    def __init__(self, command: Sequence[str], confine: Callable[[], None]) -> None:
        """Fork the spawner. To be called before threads, event loops or descriptors that it must not have.

        Args:
            command: the collector, as a program and its arguments; nothing can change it later.
            confine: run in the spawner before all else; if it raises, the spawner ends.

        Raises:
            OSError: no process could be made.
        """
        self._forked = Forked(lambda control: _serve(control, command), confine)
        self.pid = self._forked.pid
        self.socket = self._forked.socket
        self.socket.settimeout(0)

    def ask(self, request: bytes) -> None:
        """Send `START` or `KILL`.

        Raises:
            SpawnerGoneError: nobody listens.
        """
        try:
            self.socket.send(request)
        except OSError as error:
            msg = "the process that starts collectors has ended; leave, and start sockscope again"
            raise SpawnerGoneError(msg) from error

    def take(self) -> Reply:
        """Take a reply that has arrived.

        Raises:
            BlockingIOError: there is none yet.
            SpawnerGoneError: there will be none.
        """
        try:
            data, descriptors, _, _ = socket.recv_fds(self.socket, _REPLY.size, _PIPES)
        except BlockingIOError:
            raise
        except OSError:
            data, descriptors = b"", []
        if len(data) != _REPLY.size:
            msg = "the process that starts collectors has ended; leave, and start sockscope again"
            raise SpawnerGoneError(msg)
        kind, number = _REPLY.unpack(data)
        if kind == _STARTED:
            return Started(*descriptors)
        if kind == _ENDED:
            return Ended(number)
        return Failed(number) if kind == _FAILED else Stuck(number)

    def close(self) -> None:
        """Hang up, and wait for the spawner, which waits for its collector, for a moment."""
        self._forked.close()


def _serve(control: socket.socket, command: Sequence[str]) -> None:
    """Answer requests until the view hangs up or says something that is no request."""
    child: subprocess.Popen[bytes] | None = None
    while True:
        watched: list[socket.socket | int] = [control]
        exited = os.pidfd_open(child.pid) if child is not None else -1
        if child is not None:
            watched.append(exited)
        ready, _, _ = select.select(watched, [], [])
        if child is not None:
            os.close(exited)
            if exited in ready:
                _reply(control, _ENDED, child.wait())
                child = None
        if control not in ready:
            continue
        request = control.recv(2)
        if request == START:
            child = _replace(child, control, command)
        elif request == KILL:
            if child is not None:
                child.kill()
        else:
            break
    if child is not None:
        _end(child)


def _replace(
    child: subprocess.Popen[bytes] | None, control: socket.socket, command: Sequence[str]
) -> subprocess.Popen[bytes] | None:
    """Start a collector, after ending the one that runs: there is one at a time, so none while that does not end."""
    if child is not None:
        child.kill()
        try:
            status = child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            _reply(control, _STUCK, child.pid)
            return child
        _reply(control, _ENDED, status)
    pipe = subprocess.PIPE
    try:
        started = subprocess.Popen(  # noqa: S603  # fixed when the spawner began; requests cannot touch it
            command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True, restore_signals=True
        )
    except OSError as error:
        _reply(control, _FAILED, error.errno or 0)
        return None
    ends = [stream for stream in (started.stdin, started.stdout, started.stderr) if stream is not None]
    rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [end.fileno() for end in ends]))
    control.sendmsg([_REPLY.pack(_STARTED, started.pid)], [rights])
    for end in ends:
        end.close()
    return started


def _end(child: subprocess.Popen[bytes]) -> None:
    """Wait for a collector whose view is gone; it ends by itself unless the kernel holds it."""
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()


def _reply(control: socket.socket, kind: bytes, number: int) -> None:
    control.send(_REPLY.pack(kind, number))
