"""What each row says, in the columns: groups, processes, descriptors, objects and sockets that nobody holds."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice

from sockscope.kinds.registry import EVERYDAY, TWO_ENDED
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey, slot_name
from sockscope.model.process import Process
from sockscope.report.sections.process_marks import process_marks
from sockscope.tui.rows.columns import Columns
from sockscope.tui.rows.extra_columns import extra_spans
from sockscope.tui.rows.highlight import Inside
from sockscope.tui.rows.row import Row
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.rowkeys import UNHELD, GroupKey, RowKey, UnheldKey
from sockscope.tui.rows.unheld import unheld_text
from sockscope.tui.signs import (
    CHANGES,
    CLOSED,
    DENIED,
    FOREGROUND,
    FOUND,
    FOUND_ROLES,
    HIT,
    MARK,
    OPEN,
    SIGN_ROLES,
)
from sockscope.tui.widgets.ink import Span, kind_role
from sockscope.world.describe import kind_label, row_text
from sockscope.world.grouping.title import Title
from sockscope.world.sums import is_near
from sockscope.world.waits import wait_words
from sockscope.world.world import World

GROUP_WORDS = {"pgrp": "pgrp", "session": "sess", "tree": "tree", "user": "user", "cgroup": "cgrp", "netns": "net"}
STATE_ROLES = {"R": "good", "D": "warn", "T": "warn", "t": "warn", "Z": "bad", "X": "bad"}
UNTOLD = EVERYDAY | TWO_ENDED
"""Kinds of which a row does not say how many hold one object: it says nothing, or counts both ends."""
MAX_ASKED = 1000
"""Processes of a group that are asked whether they are near their limit."""
BRANCH = "└ "
"""Stands before a child of the process above."""
MAX_DEPTH = 8


def row_spans(rows: Rows, row: Row, columns: Columns) -> list[Span]:
    """Write one row."""
    spans = [*_lead(row, columns), *_body(rows, row, columns)]
    if row.change == "gone":
        return [(text, "gone") for text, _ in spans]
    return [(text, "faint" if role in {"", "process"} else role) for text, role in spans] if row.guest else spans


def _body(rows: Rows, row: Row, columns: Columns) -> list[Span]:
    """Write what stands behind the signs."""
    key = row.key
    if isinstance(key, GroupKey):
        return _group(rows, key, row, columns)
    if isinstance(key, ProcessKey):
        return _process(rows, key, row, columns)
    if isinstance(key, UnheldKey):
        return _unheld(rows, key, row.inside, columns)
    if rows.contents.by_object:
        return _holder(rows, key, row, columns)
    return _descriptor(rows, key, columns, SIGN_ROLES.get(row.sign, ""))


def copied_text(rows: Rows, row: Row, columns: Columns) -> str:
    """Write one row as it is copied: uncut, without signs, and a descriptor with its process, wherever it stands."""
    key = row.key
    if not isinstance(key, DescriptorKey):
        return _words(_body(rows, row, columns))
    process = rows.contents.process(key)
    _number, *rest = _descriptor(rows, key, columns, "")
    return " ".join(part for part in (key.slot, _words(rest), "" if process is None else process.title) if part)


def _words(spans: Iterable[Span]) -> str:
    return " ".join("".join(text for text, _ in spans).split())


def depth_of(key: RowKey) -> int:
    """Return 0 for what stands at the left edge, 1 for all that is below it."""
    return 0 if isinstance(key, GroupKey) or key == UNHELD else 1


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
    title = rows.contents.arrangement.title(key) or rows.contents.gone.groups.get(key)
    if title is None:
        return []
    if rows.contents.by_object:
        return _object(rows, title, row, columns)
    shown = len(rows.contents.members(key))
    count = f"{shown}" if shown >= title.count or not rows.contents.scope.restricted else f"{shown}/{title.count}"
    word = GROUP_WORDS.get(key.by, "")
    # An inode is longer than any pid: it would not fit the column of numbers.
    number = key.id if isinstance(key.id, int) and key.by != "netns" else ""
    return [
        (columns.number(number, 0), "group"),
        (columns.gap, ""),
        ("   " if columns.compact else f"{word:<4}", "faint"),
        (columns.count(count, "proc"), "dim"),
        (" ", ""),
        *extra_spans(rows.contents.scope, columns.extras, branch=rows.contents.members(key)),
        *_kinds(rows, rows.contents.members(key), columns),
        *_counts(row.inside),
        *(found_spans(rows, rows.contents.members(key)) if rows.world.found else ()),
        *_near(rows, rows.contents.members(key)),
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
        *extra_spans(rows.contents.scope, columns.extras),
        *_counts(row.inside),
        *([(f"{title.note} ", "dim")] if title.note else []),
        (title.name, ""),
    ]


def found_spans(rows: Rows, keys: Iterable[ProcessKey | DescriptorKey]) -> list[Span]:
    """Say what was found to be wrong with some rows: the rules of one, the number of several."""
    found = [rows.world.found[key] for key in islice(keys, MAX_ASKED) if key in rows.world.found]
    if len(found) == 1:
        told = [(FOUND[one.severity], one.rule, FOUND_ROLES[one.severity]) for one in found[0] if one.severity in FOUND]
        return [(f"{sign} {rule} ", role) for sign, rule, role in told]
    worst = Counter(told[0].severity for told in found)
    return [(f"{FOUND[one]} {worst[one]} ", FOUND_ROLES[one]) for one in FOUND if worst[one]]


def _kinds(rows: Rows, members: Iterable[ProcessKey], columns: Columns) -> list[Span]:
    """Say what is below a row. Unfolded rows say it too: all names begin in one cell."""
    return rows.kinds.spans(members) if columns.kinds else []


def _near(rows: Rows, members: Iterable[ProcessKey]) -> list[Span]:
    """Say how many processes of a group may soon be refused another descriptor."""
    processes = (rows.contents.process(key) for key in islice(members, MAX_ASKED))
    near = sum(is_near(process) for process in processes if process is not None)
    return [(f"{near} near {'its' if near == 1 else 'their'} limit ", "warn")] if near else []


def _terminal(title: Title) -> list[Span]:
    if not title.tty:
        return []
    front: list[Span] = [(FOREGROUND, "good"), (" ", "")] if title.foreground else []
    return [(f"{title.tty} ", "kind-tty"), *front]


def _holder(rows: Rows, key: DescriptorKey, row: Row, columns: Columns) -> list[Span]:
    """Write a descriptor below its object: what counts there is whose it is."""
    process = rows.contents.process(key)
    ghost = rows.contents.gone.descriptor(key)
    descriptor = rows.world.descriptor(key) or (ghost.descriptor if ghost is not None else None)
    return [
        (columns.number(key.pid, 1), SIGN_ROLES.get(row.sign, "")),
        (columns.gap, ""),
        (f"{'' if descriptor is None else descriptor.access:<2}", "dim"),
        (columns.gap, ""),
        (f"{_in_table(key.fd):<{columns.kind}}", "accent"),
        (" ", ""),
        *extra_spans(rows.contents.scope, columns.extras, descriptor=descriptor),
        *([] if process is None else [*process_marks(process), (process.title, "process")]),
    ]


def _in_table(fd: int) -> str:
    return f"fd {fd}" if fd >= 0 else slot_name(fd)


def _process(rows: Rows, key: ProcessKey, row: Row, columns: Columns) -> list[Span]:
    process = rows.contents.process(key)
    if process is None:
        return [(columns.number(key.pid, 1), "process")]
    count = "?" if process.fd_count < 0 else f"{process.fd_count}"
    if (
        rows.contents.scope.filter_hits is not None
        and (found := len(rows.contents.scope.filter_hits.fds.get(key, ()))) < process.fd_count
    ):
        count = f"{found}/{count}"
    return [
        (columns.number(key.pid, 1), "process"),
        (columns.gap, ""),
        (f"{process.state:<2}", STATE_ROLES.get(process.state, "faint")),
        (columns.gap, ""),
        (columns.count(count, "fd"), "dim"),
        (" ", ""),
        *extra_spans(rows.contents.scope, columns.extras, process=process),
        *_kinds(rows, (key,), columns),
        *_counts(row.inside),
        *(found_spans(rows, (key,)) if rows.world.found else ()),
        *_remarks(rows.world, process, row),
        (_indent(rows.contents.arrangement.depth(key)), "faint"),
        (process.title, "process"),
    ]


def _indent(depth: int) -> str:
    """Move a child below its parent, but not off the screen."""
    return "  " * min(depth - 1, MAX_DEPTH) + BRANCH if depth else ""


def _remarks(world: World, process: Process, row: Row) -> list[Span]:
    """Say what is out of the ordinary about a process, before its command line can run off the screen."""
    spans: list[Span] = []
    if row.guest:
        spans.append(("outside the selection ", "dim"))
    if process.denied:
        spans.append((f"{DENIED} {process.denied} ", "warn"))
    if process.unread:
        spans.append((f"partly read, {process.unread:,} left ", "warn"))
    if is_near(process):
        spans.append((f"{process.fd_count:,} of {process.fd_limit:,} descriptors ", "warn"))
    spans += process_marks(process)
    if world.hello is not None and process.uid != world.hello.euid:
        spans.append((f"{process.user} ", "accent"))
    wait = wait_words(world.waits.get(process.key))
    if wait:
        spans.append((f"{wait} ", "kind-event"))
    return spans


def _descriptor(rows: Rows, key: DescriptorKey, columns: Columns, number_role: str) -> list[Span]:
    descriptor = rows.world.descriptor(key)
    ghost = rows.contents.gone.descriptor(key) if descriptor is None else None
    if ghost is not None:
        descriptor, text = ghost.descriptor, ghost.text
    elif descriptor is not None:
        text = row_text(rows.world, descriptor)
    else:
        return [(columns.number(slot_name(key.fd), 2), number_role)]
    label = kind_label(rows.world, descriptor)
    return [
        (columns.number(slot_name(key.fd), 2), number_role),
        (columns.gap, ""),
        (f"{descriptor.access:<2}", "dim"),
        (columns.gap, ""),
        (f"{columns.short(label):<{columns.kind}}", kind_role(label)),
        (" ", ""),
        *extra_spans(rows.contents.scope, columns.extras, descriptor=descriptor),
        (f"{_shared(rows.world, descriptor):<{columns.shared}}", "shared"),
        *(found_spans(rows, (key,)) if rows.world.found else ()),
        (text, ""),
    ]


def _unheld(rows: Rows, key: UnheldKey, inside: Inside, columns: Columns) -> list[Span]:
    """Write the branch of the sockets nobody holds, or one of them with the reason."""
    if key == UNHELD:
        return [
            (columns.number("", 0), ""),
            (columns.gap, ""),
            ("   " if columns.compact else "    ", ""),
            (columns.count(f"{rows.contents.unheld.count}", "sock"), "dim"),
            (" ", ""),
            *_counts(inside),
            ("sockets nobody holds", "group"),
        ]
    socket = rows.contents.unheld.socket(key)
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
        (rows.contents.unheld.reason(socket), "dim"),
    ]


def _shared(world: World, descriptor: Descriptor) -> str:
    """Say how many descriptors lead to one object, where sharing it means something."""
    if descriptor.kind in UNTOLD or descriptor.unproven:
        return ""
    holders = world.holder_count(descriptor.object)
    return f"×{holders} " if holders > 1 else ""
