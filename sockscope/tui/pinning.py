"""A second pane that stays with one row while the cursor moves on, so that two can be compared."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from sockscope.feed import Feed
from sockscope.frames.messages import Answer
from sockscope.model.keys import DescriptorKey
from sockscope.tui.inspection import Inspection
from sockscope.tui.options import Options
from sockscope.tui.parts import Parts
from sockscope.tui.rowkeys import RowKey
from sockscope.tui.section import Section, text_line
from sockscope.tui.selection_pane import selection_sections
from sockscope.tui.surroundings import Surroundings


class Pinning(Parts):
    """The pinned row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "pin", "Pin the pane to this row, or let it go", id="app.pin"),
    ]

    def __init__(self, feed: Feed, options: Options, clock: Callable[[], float]) -> None:
        """Start with nothing pinned."""
        super().__init__(feed, options, clock)
        self.pinned_key: RowKey | None = None
        self._around = Surroundings(self.world)
        self._asked = Inspection(feed.send)

    def action_pin(self) -> None:
        """Pin the selected row, or let go of the pinned one."""
        self.pinned_key = None if self.pinned_key is not None else self.rows.subject
        self.pinned.display = self.pinned_key is not None
        self.side.set_class(self.pinned.display, "-two")
        if self.pinned_key is None and self.pinned.has_focus:
            self.listing.focus()
        self._look()
        self.call_after_refresh(self.after_layout)

    def _look(self) -> None:
        if self.pinned_key is None:
            return
        self._around.look(self.pinned_key, self.rows.stands_for(self.pinned_key))
        if not isinstance(self.pinned_key, DescriptorKey):
            self._around.look_around()
        self._asked.ask(self.pinned_key, self._around.related)

    def after_frame(self, *, first: bool) -> None:
        """Look at the pinned row again."""
        super().after_frame(first=first)
        self._look()

    def take_answer(self, answer: Answer) -> None:
        """Show what was found out about the pinned row."""
        super().take_answer(answer)
        if self.pinned_key is not None and self._asked.take(answer):
            self.show_pinned()

    def show_selection(self, *, afresh: bool) -> None:
        """Write both panes."""
        super().show_selection(afresh=afresh)
        self.show_pinned()

    def show_pinned(self) -> None:
        """Write the pane of the pinned row."""
        if self.pinned_key is None:
            return
        sections = selection_sections(
            self.rows, self.pinned_key, self._around, self._asked.answer, [], self.pinned.text_width, raw=self.raw
        )
        self.pinned.show(
            [Section("", (text_line(f"pinned · {self.key_of('app.pin')} lets go", "faint"),)), *sections], afresh=False
        )
