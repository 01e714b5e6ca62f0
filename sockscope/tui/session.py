"""What is being looked at, without a screen: the world, its rows, and what was asked, chosen and visited."""

from collections.abc import Callable, Iterator
from typing import Literal

from sockscope.findings.diagnosis import Diagnosis
from sockscope.frames.messages import Answer, Request
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.tui.commands.keys import KeyNames
from sockscope.tui.filters import Filters
from sockscope.tui.inspection import Inspection
from sockscope.tui.looking_inside import LookingInside
from sockscope.tui.moment import Moment
from sockscope.tui.options import Options
from sockscope.tui.panes.section import Section
from sockscope.tui.panes.selection import selection_sections
from sockscope.tui.pinned import Pinned
from sockscope.tui.rows.history import History
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.rowkeys import RowKey, UnheldKey
from sockscope.tui.rows.sorting import BY_FD, BY_PID
from sockscope.tui.socket_options import SocketOptions
from sockscope.tui.terminal_settings import TerminalSettings
from sockscope.world.index.store import Found, Told
from sockscope.world.relations.answers import telling_holder
from sockscope.world.relations.peers import no_other_end
from sockscope.world.world import World

Part = Literal["tree", "pane", "prompt"]
"""Parts of the screen that may have the focus."""


class Session:
    """Everything that a screen shows and that survives a screen."""

    def __init__(self, options: Options, keys: KeyNames, send: Callable[[Request], None]) -> None:
        """Look as `options` say; ask the collector through `send`."""
        self.options = options
        self.keys = keys
        self.world = World()
        self.diagnosis = Diagnosis()
        """What is wrong, by the rules."""
        self.rows = Rows(self.world, options.pids)
        self.inspection = Inspection(send)
        self.socket_options = SocketOptions(send)
        self.looking_inside = LookingInside(send)
        self.terminal_settings = TerminalSettings(send)
        self.pinned = Pinned(self.rows, send)
        self.filters = Filters(self.rows)
        self.history = History()
        self.moment = Moment(self.rows)
        self.marks: list[RowKey] = []
        """Rows that the user has marked, the last one last."""
        self.raw = False
        """Whether fdinfo is shown as the kernel wrote it."""
        self.uses = False
        """Whether what processes use without a descriptor is listed."""
        self.part: Part = "tree"
        """What has the focus, or had it before something was put over it."""

    @property
    def selected_process(self) -> Process | None:
        """The process of the selected row, or the first one that the row stands for."""
        rows = self.rows
        process = rows.contents.process(rows.subject) if rows.subject is not None else None
        first = next(iter(rows.stands_for(rows.cursor)), None)
        return process if process is not None or first is None else self.world.processes.get(first)

    @property
    def other_end(self) -> RowKey | None:
        """The other end that the selected row names, None without one."""
        peers, here = self.rows.surroundings.peers, self.rows.subject
        end: RowKey | None = telling_holder(peers, here.process if isinstance(here, DescriptorKey) else None)
        return end or next((UnheldKey(peer.socket) for peer in peers if peer.socket), None)

    def why_no_other_end(self) -> str:
        """Say why there is no other end to go to from the selected row."""
        here = self.rows.subject
        return no_other_end(self.world, self.world.descriptor(here) if isinstance(here, DescriptorKey) else None)

    def diagnose(self) -> set[ProcessKey]:
        """Ask the rules about the picture, and return the processes of which they now say something else."""
        self.diagnosis.look(self.world)
        told: Found = {}
        for key, found in self.diagnosis.by_subject.items():
            told[key] = tuple(Told(one.severity, one.rule, one.id, one.sentence) for one in found)
        return self.world.learn_findings(told)

    def forget_past(self) -> None:
        """Forget how it came to what is shown: what comes next is of another time."""
        self.diagnosis.forget()
        self.world.forget_past()

    def ask(self) -> None:
        """Ask the collector about the selected row."""
        self.inspection.ask(self.rows.subject, self.rows.related, self.world)

    def take_answer(self, answer: Answer) -> bool:
        """Take what a collector has found out in depth; return whether it is about the selected row."""
        self.world.learn(answer)
        return self.looking_inside.take(answer) if answer.inside else self.inspection.take(answer)

    def sections(self, width: int) -> list[Section]:
        """Tell what is known of the selected row."""
        rows = self.rows
        asked = [
            *self.socket_options.sections(rows.subject, width),
            *self.looking_inside.sections(rows.subject, self.world, width),
        ]
        answer = self.inspection.answer
        return selection_sections(rows, rows.cursor, rows.surroundings, answer, asked, width, raw=self.raw)

    def forget_the_asked(self) -> None:
        """Drop what was asked about a row that is no longer selected."""
        for asked in (self.socket_options, self.looking_inside, self.inspection):
            asked.forget(self.rows.subject)

    def look_inside(self) -> bool:
        """Ask what threads wait on in poll(2); return whether there is anybody to ask about."""
        key, related = self.rows.subject, self.rows.related
        if not isinstance(key, DescriptorKey | ProcessKey) or (isinstance(key, DescriptorKey) and key.fd < 0):
            return False  # what is used without a descriptor is in no set
        self.looking_inside.ask(key, related, self.world)
        return True

    def chosen(self) -> Iterator[str]:
        """Say in a few words each what restricts or orders the list, where that is not as usual."""
        if self.options.pids:
            count = len(self.options.pids)
            yield f"{count} pid{'' if count == 1 else 's'}"
        sorting = self.rows.contents.scope.sorting
        names = [name for name, usual in ((sorting.processes, BY_PID), (sorting.descriptors, BY_FD)) if name != usual]
        if names:
            yield f"by {' and '.join(names)}"
        if self.uses:
            yield "mapped files"
        if self.moment.since is not None:
            yield f"since {self.moment.clock}"
        elif self.rows.graveyard.seconds:
            yield "gone rows stay"
        yield from self.filters.said()

    def why_no_options(self) -> str:
        """Say why the options of the selected row cannot be read; "" where they can be asked for."""
        related = self.rows.related
        if related is not None and related.descriptor.kind == "socket":
            return ""
        if isinstance(self.rows.cursor, UnheldKey):
            return "Socket options are read through a descriptor, and nobody holds this socket."
        return "Only a socket has socket options."

    def switch_mark(self) -> None:
        """Mark the selected row, or take its mark away."""
        here = self.rows.cursor
        if here in self.marks:
            self.marks.remove(here)
        elif here is not None:
            self.marks.append(here)

    def marks_from_here(self) -> list[RowKey]:
        """Return the other marked rows: from a marked one those before it, then those after it, the last first."""
        here = self.rows.cursor
        position = self.marks.index(here) if here in self.marks else len(self.marks)
        return [*reversed(self.marks[:position]), *reversed(self.marks[position + 1 :])]
