"""Options of the selected socket: asked for on request only, and forgotten when the selection moves."""

from collections.abc import Callable

from sockscope.frames.messages import Options, OptionsAnswer, Request
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.tui.fields_pane import field_lines
from sockscope.tui.rowkeys import RowKey
from sockscope.tui.section import Section, text_line, wrapped

HOW = (("getsockopt(2) on a duplicate, closed at once", "dim"),)


class SocketOptions:
    """The last question and its answer."""

    def __init__(self, send: Callable[[Request], None]) -> None:
        """Ask through `send`."""
        self._send = send
        self._number = 0
        self._subject: DescriptorKey | None = None
        self._answer: OptionsAnswer | None = None

    def ask(self, descriptor: Descriptor) -> None:
        """Ask for the options of the socket behind a descriptor, again if they are known."""
        self._number += 1
        self._subject, self._answer = descriptor.key, None
        self._send(Options(self._number, descriptor.pid, descriptor.start, descriptor.fd, descriptor.ino))

    def forget(self, key: RowKey | None) -> None:
        """Drop question and answer unless they are about this row."""
        if key != self._subject:
            self._subject = self._answer = None

    def take(self, answer: OptionsAnswer) -> bool:
        """Take an answer; return whether it is the one that is waited for."""
        if self._subject is None or answer.id != self._number:
            return False
        self._answer = answer
        return True

    def sections(self, key: RowKey | None, width: int) -> list[Section]:
        """Tell the options of a row, or why there are none; nothing where they were not asked for."""
        if self._subject is None or key != self._subject:
            return []
        answer = self._answer
        if answer is None:
            return [Section("Options", (text_line("asking …", "dim"),), None, HOW)]
        lines = [*wrapped(answer.error, width, "warn")] if answer.error else []
        lines += field_lines(answer.options, width)
        return [Section("Options", tuple(lines), len(answer.options), HOW)]
