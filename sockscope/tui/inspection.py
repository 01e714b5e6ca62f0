"""Asking the collector about the selected row, and keeping the one answer that still fits."""

from collections.abc import Callable

from sockscope.frames.messages import Answer, Request
from sockscope.model.keys import DescriptorKey
from sockscope.tui.rows.rowkeys import GroupKey, RowKey, UnheldKey
from sockscope.world.asking import inspect_request
from sockscope.world.relations.answers import Related
from sockscope.world.world import World


class Inspection:
    """The last question and its answer."""

    def __init__(self, send: Callable[[Request], None]) -> None:
        """Ask through `send`."""
        self._send = send
        self._subject: RowKey | None = None
        self._number = 0
        self.answer: Answer | None = None

    def ask(self, key: RowKey | None, related: Related | None, world: World) -> None:
        """Ask about a process or a descriptor; a group has nothing to ask about, nor has what nobody holds."""
        self.forget(key)
        if key is None or isinstance(key, GroupKey | UnheldKey):
            return
        self._number += 1
        self._send(inspect_request(world, self._number, key, related))

    def forget(self, key: RowKey | None) -> None:
        """Drop the answer unless it is about this row."""
        if key != self._subject:
            self._subject = key
            self.answer = None

    def take(self, answer: Answer) -> bool:
        """Take an answer; return whether it is about the row that is selected now."""
        subject = self._subject
        fd = subject.fd if isinstance(subject, DescriptorKey) else -1
        if subject is None or isinstance(subject, GroupKey | UnheldKey) or answer.inside:
            return False  # what was read once on request is no answer to what is asked at every refresh
        if (answer.pid, answer.start, answer.fd) != (subject.pid, subject.start, fd):
            return False
        self.answer = answer
        return True
