"""Asking the collector about the selected row, and keeping the one answer that still fits."""

from collections.abc import Callable
from itertools import islice

from sockscope.frames.messages import Answer, Inspect, Request, Waiting
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rowkeys import GroupKey, RowKey, UnheldKey
from sockscope.world.relations import Related
from sockscope.world.world import World

MAX_HOLDERS = 256
"""As many as one `Inspect` may name."""


class Inspection:
    """The last question and its answer."""

    def __init__(self, send: Callable[[Request], None]) -> None:
        """Ask through `send`."""
        self._send = send
        self._subject: RowKey | None = None
        self._number = 0
        self.answer: Answer | None = None

    def ask(self, key: RowKey | None, related: Related | None) -> None:
        """Ask about a process or a descriptor; a group has nothing to ask about, nor has what nobody holds."""
        self.forget(key)
        if key is None or isinstance(key, GroupKey | UnheldKey):
            return
        self._number += 1
        fd = key.fd if isinstance(key, DescriptorKey) else -1
        self._send(Inspect(self._number, key.pid, key.start, fd, _concerned(related)))

    def forget(self, key: RowKey | None) -> None:
        """Drop the answer unless it is about this row."""
        if key != self._subject:
            self._subject = key
            self.answer = None

    def take(self, answer: Answer) -> bool:
        """Take an answer; return whether it is about the row that is selected now."""
        subject = self._subject
        fd = subject.fd if isinstance(subject, DescriptorKey) else -1
        if subject is None or isinstance(subject, GroupKey | UnheldKey):
            return False
        if (answer.pid, answer.start, answer.fd) != (subject.pid, subject.start, fd):
            return False
        self.answer = answer
        return True

    def waits(self, world: World) -> dict[ProcessKey, str]:
        """Return what the threads of each process are known to wait in, by the answer at hand."""
        if self.answer is None:
            return {}
        found: dict[ProcessKey, str] = {}
        for wait in (*_own(self.answer), *self.answer.waiters):
            process = world.process(wait.pid)
            if process is not None:
                found.setdefault(process.key, wait_text(wait))
        return found


def wait_text(wait: Waiting) -> str:
    """Write a blocked call as strace does: `epoll_wait(12)`."""
    return f"{wait.syscall}({wait.fd})" if wait.fd >= 0 else wait.syscall


def _own(answer: Answer) -> tuple[Waiting, ...]:
    return answer.process.waiting if answer.process is not None else ()


def _concerned(related: Related | None) -> tuple[tuple[int, int], ...]:
    """Descriptors on which a thread may wait for this one: its other holders, and the epolls that watch it."""
    if related is None:
        return ()
    here = related.descriptor.key
    watching = (key for watcher in related.watchers for key in watcher.holders)
    keys = (key for key in (*related.holders, *watching) if key != here)
    return tuple((key.pid, key.fd) for key in islice(keys, MAX_HOLDERS))
