"""Options of the selected socket: asked for on request only, and forgotten when the selection moves."""

from collections.abc import Callable

from sockscope.frames.messages import Options, OptionsAnswer, Request
from sockscope.model.descriptor import Descriptor
from sockscope.tui.on_request import OnRequest
from sockscope.tui.panes.fields import field_lines
from sockscope.tui.panes.section import Section, wrapped
from sockscope.tui.rows.rowkeys import RowKey


class SocketOptions(OnRequest[OptionsAnswer]):
    """The last question and its answer."""

    title = "Options"
    how = (("getsockopt(2) on a duplicate, closed at once", "dim"),)

    def __init__(self, send: Callable[[Request], None]) -> None:
        """Ask through `send`."""
        super().__init__()
        self._send = send

    def ask(self, descriptor: Descriptor) -> None:
        """Ask for the options of the socket behind a descriptor, again if they are known."""
        number = self.begin(descriptor.key)
        self._send(Options(number, descriptor.pid, descriptor.start, descriptor.fd, descriptor.ino))

    def sections(self, key: RowKey | None, width: int) -> list[Section]:
        """Tell the options of a row, or why there are none; nothing where they were not asked for."""
        answer = self.answer_about(key)
        if answer is None:
            return self.waiting(key)
        lines = [*wrapped(answer.error, width, "warn")] if answer.error else []
        lines += field_lines(answer.options, width)
        return [Section(self.title, tuple(lines), len(answer.options), self.how)]
