"""A second row whose pane stays while the cursor moves on, so that two can be compared. Knows no screen."""

from collections.abc import Callable

from sockscope.frames.messages import Answer, Request
from sockscope.model.keys import DescriptorKey
from sockscope.tui.inspection import Inspection
from sockscope.tui.panes.section import PaneLine, Section, key_span
from sockscope.tui.panes.selection import selection_sections
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.rowkeys import RowKey
from sockscope.tui.rows.surroundings import Surroundings

_LETS_GO = PaneLine((("pinned · ", "faint"), key_span("app.pin", "faint"), (" lets go", "faint")))


class Pinned:
    """The pinned row, with what is known of it."""

    def __init__(self, rows: Rows, send: Callable[[Request], None]) -> None:
        """Pin nothing yet; ask the collector through `send`."""
        self._rows = rows
        self.key: RowKey | None = None
        self._around = Surroundings(rows.world)
        self._asked = Inspection(send)

    def switch(self) -> None:
        """Pin the selected row, or let go of the pinned one."""
        self.key = None if self.key is not None else self._rows.subject
        self.look()

    def look(self) -> None:
        """Look at the pinned row again, and ask about it."""
        if self.key is None:
            return
        self._around.look(self.key, self._rows.stands_for(self.key))
        if not isinstance(self.key, DescriptorKey):
            self._around.look_around()
        self._asked.ask(self.key, self._around.related, self._rows.world)

    def take(self, answer: Answer) -> bool:
        """Take an answer; return whether it is about the pinned row."""
        return self.key is not None and self._asked.take(answer)

    def sections(self, width: int, *, raw: bool) -> list[Section]:
        """Tell what is known of the pinned row."""
        told = selection_sections(self._rows, self.key, self._around, self._asked.answer, [], width, raw=raw)
        return [Section("", (_LETS_GO,)), *told]
