"""What each row says, in columns that align down the whole screen.

    change sign fold number  access kind  holders text

Numbers of groups, processes and descriptors end where those below them end. All that is said of descriptors begins
in one column, whether or not others hold the object too; and so does all that is said of processes.
Text that others chose (names, paths, command lines) comes last: whatever width a terminal gives it, nothing
to its right can shift.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.tui.extra_columns import EXTRAS, KINDS, KINDS_FROM, extra_spans
from sockscope.tui.highlight import Inside
from sockscope.tui.ink import Span, kind_role
from sockscope.tui.process_marks import process_marks
from sockscope.tui.row import Row
from sockscope.tui.rowkeys import UNHELD, GroupKey, RowKey, UnheldKey
from sockscope.tui.rows import Rows
from sockscope.tui.signs import CHANGES, CLOSED, DENIED, FOREGROUND, HIT, MARK, OPEN, SIGN_ROLES
from sockscope.tui.unheld import unheld_text
from sockscope.world.describe import row_text
from sockscope.world.grouping.title import Title
from sockscope.world.world import World

SHORT_KINDS = {"char-device": "char-dev", "block-device": "block-dev", "userfaultfd": "userfault"}
SHORTEST_KINDS = {
    "char-device": "chardev",
    "block-device": "blockdev",
    "userfaultfd": "uffd",
    "directory": "dir",
    "pty-master": "ptmx",
    "namespace": "ns",
    "perf_event": "perf",
}
GROUP_WORDS = {"pgrp": "pgrp", "session": "sess", "tree": "tree", "user": "user", "cgroup": "cgrp", "netns": "net"}
STATE_ROLES = {"R": "good", "D": "warn", "T": "warn", "t": "warn", "Z": "bad", "X": "bad"}
COMMONLY_SHARED = frozenset(
    {"file", "directory", "char-device", "block-device", "namespace", "tty", "pipe", "fifo", "unknown"}
)
"""Kinds whose object many processes hold without having anything to do with each other, and pipes, whose two
ends are one object."""
COMPACT_BELOW = 64
"""Cells. Below this width the columns move together."""
MIN_DIGITS = 5
BRANCH = "└ "
"""Stands before a child of the process above."""
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the columns in cells."""

    digits: int
    """Of the largest pid."""
    compact: bool
    extras: tuple[str, ...] = ()
    """Columns that were added, by name."""
    kinds: bool = False
    """Whether folded rows say how many descriptors of each kind they hide."""

    @classmethod
    def fitting(cls, world: World, width: int, chosen: Sequence[str] = ()) -> "Columns":
        """Choose widths for the pids of `world` on a screen of `width` cells; `chosen` columns are added."""
        largest = max((key.pid for key in world.processes), default=0)
        extras = tuple(name for name in chosen if name in EXTRAS)
        kinds = KINDS in chosen or (not chosen and width >= KINDS_FROM)
        return cls(max(MIN_DIGITS, len(str(largest))), width < COMPACT_BELOW, extras, kinds)

    @property
    def gap(self) -> str:
        """What stands between two columns."""
        return " " if self.compact else "  "

    @property
    def kind(self) -> int:
        """Width of the kind column."""
        return 8 if self.compact else 10

    @property
    def shared(self) -> int:
        """Width of the column that says how many hold one object; there is none where room is short."""
        return 0 if self.compact else 3

    def folds(self, depth: int) -> range:
        """Return the cells in which a row of this depth has its fold sign."""
        start = (2 if self.compact else 4) + (0 if depth == 0 else 2)
        return range(start, start + 2)

    def short(self, kind: str) -> str:
        """Shorten the name of a kind to the column."""
        return (SHORTEST_KINDS if self.compact else SHORT_KINDS).get(kind, kind)[: self.kind]

    def number(self, number: int | str, depth: int) -> str:
        """Place a pgid, pid or fd, or nothing; all end in the same cell, but for the groups' two cells before."""
        return f"{number:>{self.digits}}  " if depth == 0 else f"{number:>{self.digits}}"

    def count(self, count: str, unit: str) -> str:
        """Place a number of things in the kind column."""
        unit = "" if self.compact else f" {unit:<4}"
        return f"{count:>{self.kind - len(unit)}}{unit}"


def row_spans(rows: Rows, row: Row, columns: Columns, waits: dict[ProcessKey, str]) -> list[Span]:
    """Write one row; `waits` says what the threads of a process are known to wait in."""
    lead = _lead(row, columns)
    key = row.key
    if isinstance(key, GroupKey):
        spans = [*lead, *_group(rows, key, row, columns)]
    elif isinstance(key, ProcessKey):
        spans = [*lead, *_process(rows, key, row, columns, waits.get(key, ""))]
    elif isinstance(key, UnheldKey):
        spans = [*lead, *_unheld(rows, key, row.inside, columns)]
    elif rows.by_object:
        spans = [*lead, *_holder(rows, key, row, columns)]
    else:
        spans = [*lead, *_descriptor(rows, key, columns, SIGN_ROLES.get(row.sign, ""))]
    if row.change == "gone":
        return [(text, "gone") for text, _ in spans]
    return [(text, "faint" if role in {"", "process"} else role) for text, role in spans] if row.guest else spans


def depth_of(key: RowKey) -> int:
    """Return 0 for what stands at the left edge, 1 for all that is below it."""
    return 0 if isinstance(key, GroupKey) or key == UNHELD else 1


def kind_label(world: World, descriptor: Descriptor) -> str:
    """Return what the kind column says: the protocol of a socket, else the kind."""
    socket = world.socket_of(descriptor)
    return (socket.label if socket is not None else "") or descriptor.kind


def _lead(row: Row, columns: Columns) -> list[Span]:
    change: Span = (CHANGES[row.change], row.change or "")
    if not row.change:
        change = (MARK, "accent") if row.marked else (HIT, "hit") if row.hit else (" ", "")
    sign = (row.sign or " ", SIGN_ROLES.get(row.sign, ""))
    fold = " " if row.opened is None else OPEN if row.opened else CLOSED
    indent = "  " if depth_of(row.key) else ""
    return [change, sign, ("" if columns.compact else "  ", ""), (f"{indent}{fold} ", "dim")]


def _counts(inside: Inside) -> list[Span]:
    return [(f"{sign}{count} ", SIGN_ROLES[sign]) for sign, count in inside]


def _group(rows: Rows, key: GroupKey, row: Row, columns: Columns) -> list[Span]:
    title = rows.arrangement.title(key) or rows.gone.groups.get(key)
    if title is None:
        return []
    if rows.by_object:
        return _object(rows, title, row, columns)
    shown = len(rows.members(key))
    count = f"{shown}" if shown >= title.count or not rows.scope.restricted else f"{shown}/{title.count}"
    word = GROUP_WORDS.get(key.by, "")
    # An inode is longer than any pid: it would not fit the column of numbers.
    number = key.id if isinstance(key.id, int) and key.by != "netns" else ""
    return [
        (columns.number(number, 0), "group"),
        (columns.gap, ""),
        ("   " if columns.compact else f"{word:<4}", "faint"),
        (columns.count(count, "proc"), "dim"),
        (" ", ""),
        *extra_spans(rows.scope, columns.extras),
        *_kinds(rows, rows.members(key), columns),
        *_counts(row.inside),
        *_terminal(title),
        *([(f"{title.note} ", "dim")] if title.note else []),
        (title.name, "group"),
        *([(f"  {key.id}", "dim")] if key.by == "netns" and key.id else []),
    ]


def _object(rows: Rows, title: Title, row: Row, columns: Columns) -> list[Span]:
    return [
        (columns.number(f"×{title.count}", 0), "shared" if title.count > 1 else "dim"),
        (columns.gap, ""),
        (f"{columns.short(title.label):<{columns.kind + 2 + len(columns.gap)}}", kind_role(title.label)),
        (" ", ""),
        *extra_spans(rows.scope, columns.extras),
        *_counts(row.inside),
        *([(f"{title.note} ", "dim")] if title.note else []),
        (title.name, ""),
    ]


def _kinds(rows: Rows, members: Iterable[ProcessKey], columns: Columns) -> list[Span]:
    """Say what is below a row. Unfolded rows say it too: all names begin in one cell."""
    return rows.kinds.spans(members) if columns.kinds else []


def _terminal(title: Title) -> list[Span]:
    if not title.tty:
        return []
    front: list[Span] = [(FOREGROUND, "good"), (" ", "")] if title.foreground else []
    return [(f"{title.tty} ", "kind-tty"), *front]


def _holder(rows: Rows, key: DescriptorKey, row: Row, columns: Columns) -> list[Span]:
    """Write a descriptor below its object: what counts there is whose it is."""
    process = rows.process(key)
    ghost = rows.gone.descriptor(key)
    descriptor = rows.world.descriptor(key) or (ghost.descriptor if ghost is not None else None)
    return [
        (columns.number(key.pid, 1), SIGN_ROLES.get(row.sign, "")),
        (columns.gap, ""),
        (f"{'' if descriptor is None else descriptor.access:<2}", "dim"),
        (columns.gap, ""),
        (f"{f'fd {key.fd}':<{columns.kind}}", "accent"),
        (" ", ""),
        *extra_spans(rows.scope, columns.extras, descriptor=descriptor),
        *([] if process is None else [*process_marks(process), (process.title, "process")]),
    ]


def _process(rows: Rows, key: ProcessKey, row: Row, columns: Columns, wait: str) -> list[Span]:
    process = rows.process(key)
    if process is None:
        return [(columns.number(key.pid, 1), "process")]
    count = "?" if process.fd_count < 0 else f"{process.fd_count}"
    if rows.scope.sieve is not None and (found := len(rows.scope.sieve.fds.get(key, ()))) < process.fd_count:
        count = f"{found}/{count}"
    return [
        (columns.number(key.pid, 1), "process"),
        (columns.gap, ""),
        (f"{process.state:<2}", STATE_ROLES.get(process.state, "faint")),
        (columns.gap, ""),
        (columns.count(count, "fd"), "dim"),
        (" ", ""),
        *extra_spans(rows.scope, columns.extras, process=process),
        *_kinds(rows, (key,), columns),
        *_counts(row.inside),
        *_remarks(rows.world, process, row, wait),
        (_indent(rows.arrangement.depth(key)), "faint"),
        (process.title, "process"),
    ]


def _indent(depth: int) -> str:
    """Move a child below its parent, but not off the screen."""
    return "  " * min(depth - 1, MAX_DEPTH) + BRANCH if depth else ""


def _remarks(world: World, process: Process, row: Row, wait: str) -> list[Span]:
    """Say what is out of the ordinary about a process, before its command line can run off the screen."""
    spans: list[Span] = []
    if row.guest:
        spans.append(("outside the selection ", "dim"))
    if process.denied:
        spans.append((f"{DENIED} {process.denied} ", "warn"))
    spans += process_marks(process)
    if world.hello is not None and process.uid != world.hello.euid:
        spans.append((f"{process.user} ", "accent"))
    if wait:
        spans.append((f"{wait} ", "kind-event"))
    return spans


def _descriptor(rows: Rows, key: DescriptorKey, columns: Columns, number_role: str) -> list[Span]:
    descriptor = rows.world.descriptor(key)
    ghost = rows.gone.descriptor(key) if descriptor is None else None
    if ghost is not None:
        descriptor, text = ghost.descriptor, ghost.text
    elif descriptor is not None:
        text = row_text(rows.world, descriptor)
    else:
        return [(columns.number(key.fd, 2), number_role)]
    label = kind_label(rows.world, descriptor)
    return [
        (columns.number(key.fd, 2), number_role),
        (columns.gap, ""),
        (f"{descriptor.access:<2}", "dim"),
        (columns.gap, ""),
        (f"{columns.short(label):<{columns.kind}}", kind_role(label)),
        (" ", ""),
        *extra_spans(rows.scope, columns.extras, descriptor=descriptor),
        (f"{_shared(rows.world, descriptor):<{columns.shared}}", "shared"),
        (text, ""),
    ]


def _unheld(rows: Rows, key: UnheldKey, inside: Inside, columns: Columns) -> list[Span]:
    """Write the branch of the sockets nobody holds, or one of them with the reason."""
    if key == UNHELD:
        return [
            (columns.number("", 0), ""),
            (columns.gap, ""),
            ("   " if columns.compact else "    ", ""),
            (columns.count(f"{rows.unheld.count}", "sock"), "dim"),
            (" ", ""),
            *_counts(inside),
            ("sockets nobody holds", "group"),
        ]
    socket = rows.unheld.socket(key)
    if socket is None:
        return []
    label = socket.label or "socket"
    return [
        (columns.number("", 1), ""),
        (columns.gap, ""),
        ("  ", ""),
        (columns.gap, ""),
        (f"{columns.short(label):<{columns.kind}}", kind_role(label)),
        (" ", ""),
        (" " * columns.shared, ""),
        (f"{unheld_text(rows.world, socket)}  ", ""),
        (rows.unheld.reason(socket), "dim"),
    ]


def _shared(world: World, descriptor: Descriptor) -> str:
    """Say how many descriptors lead to one object, where sharing it means something."""
    if descriptor.kind in COMMONLY_SHARED or descriptor.unproven:
        return ""
    holders = world.holder_count(descriptor.object)
    return f"×{holders} " if holders > 1 else ""
