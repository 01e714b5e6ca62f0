"""The `show` documents as readable text: the same facts as the JSON, made from the same values."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from sockscope.abi.text import cut
from sockscope.frames.messages import Answer, OptionsAnswer
from sockscope.model.keys import DescriptorKey, ProcessKey, slot_name
from sockscope.model.located import Located
from sockscope.report import records, show_records
from sockscope.report.file_text import use_lines
from sockscope.report.sections.processes import neighbours, threads_wait_in, waits_in_memory
from sockscope.report.sections.section import Section, Voice
from sockscope.report.sections.sums import sums_text
from sockscope.report.sections.telling import Told
from sockscope.report.sections.terminal import terminal_section
from sockscope.report.sections.writers import sections_of
from sockscope.report.show import show_document, show_process_document
from sockscope.report.use_record import UseRecord
from sockscope.world.metadata import used
from sockscope.world.relations.relation import Subject
from sockscope.world.sums import sums
from sockscope.world.world import World

INDENT = "  "
VOICE = Voice(
    apart=5, rest=(("--format json lists them all", "dim"),), inside=(("--look-inside reads it, once", "dim"),)
)
"""What the text says of what is many: all of it, but for who has opened the same file for himself."""


def show_text(
    world: World,
    key: DescriptorKey,
    answer: Answer | None,
    width: int | None = None,
    options: OptionsAnswer | None = None,
    located: Located | None = None,
) -> str | None:
    """Write one descriptor in depth for `width` characters: lists are broken, other lines cut; None when not open."""
    document, related = show_document(world, key, answer, options, located), world.related(key)
    if document is None or related is None:
        return None
    told = sections_of(world, related, Subject(related.descriptor, related.socket, answer), VOICE)
    shown = "" if related.socket is None else related.socket.local_text
    return _cut(_descriptor_text(document, told, shown, width), width)


def show_process_text(world: World, key: ProcessKey, answer: Answer | None, width: int | None = None) -> str | None:
    """Write one process in depth, as `show_text` does a descriptor; None when there is no such process."""
    document, process = show_process_document(world, key, answer), world.processes.get(key)
    if document is None or process is None:
        return None
    depth = answer.process if answer is not None else None
    around = [
        *threads_wait_in(
            world, depth.waiting if depth is not None else (), VOICE, asked=answer is not None and answer.inside
        ),
        *waits_in_memory(world, depth.futexes if depth is not None else (), VOICE),
        *neighbours(world, world.neighbours([key]), {}, VOICE),
    ]
    told = sums_text(sums(world, [key]))
    return _cut(_process_text(document, told, around, terminal_section(world, process), width), width)


def _cut(text: str, width: int | None) -> str:
    return "".join(cut(line, width or 0) + "\n" for line in text.split("\n")[:-1])


def _descriptor_text(document: show_records.DescriptorReport, told: Told, local: str, width: int | None) -> str:
    """Write one descriptor in depth: what it is, then each relation with its evidence.

    `local` is the address of its socket as rows have it.
    """
    return _text(
        (
            _what(document, width),
            _socket(document.socket, local, width),
            *map(_told, told.first),
            _section("Details  sock_diag", _pairs(document.details, width)),
            _section("Options  getsockopt(2) on a duplicate", _pairs(document.options, width)),
            _fdinfo(document.fdinfo, width),
            _used_by(document.used_by),
            *map(_told, told.last),
            _notes([*document.notes, *document.coverage.notes], width),
        )
    )


def _process_text(
    document: show_records.ProcessReport,
    told: str,
    around: Iterable[Section],
    terminal: Iterable[Section],
    width: int | None,
) -> str:
    """Write one process in depth."""
    return _text(
        (
            _process(document, told, width),
            *map(_told, around),
            _table(document.descriptors),
            *map(_told, terminal),
            _section("Signals", _pairs(document.signals, width)),
            _notes([*document.notes, *document.coverage.notes], width),
        )
    )


def _used_by(uses: list[UseRecord]) -> Iterator[str]:
    if uses:
        yield f"Used without a descriptor ({len(uses)})"
        yield from use_lines(uses)


def _told(section: Section) -> Iterator[str]:
    """Write what every view says of a relation."""
    count = "" if section.count is None else f" ({section.count:,})"
    how = "".join(text for text, _ in section.evidence)
    yield from _section(_joined(f"{section.name}{count}", how), (line.text for line in section.lines))


def _text(sections: Iterable[Iterator[str]]) -> str:
    blocks = ["\n".join(section) for section in sections]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    body = [INDENT + line for line in lines]
    if body:
        yield title
        yield from body


def _what(document: show_records.DescriptorReport, width: int | None) -> Iterator[str]:
    descriptor = document.descriptor
    command = " ".join(document.process.cmdline) or document.process.comm if document.process else ""
    yield _joined(descriptor.slot, descriptor.access, descriptor.label, command)
    yield from _broken(document.sentence, width)


def _socket(socket: records.SocketRecord | None, local: str, width: int | None) -> Iterator[str]:
    if socket is None:
        return
    yield from _section(
        "Socket",
        _pairs(
            {
                "inode": socket.ino,
                "cookie": None if socket.cookie is None else f"{socket.cookie:x}",
                "netns": _joined(str(socket.netns or ""), socket.netns_name),
                "state": socket.state,
                "local": local,
                "remote": socket.remote,
                "peer inode": socket.peer_ino,
                "queues": "; ".join(socket.queues),
                "shut down": ", ".join(socket.shutdown),
                "uid": socket.uid,
                "cgroup": socket.cgroup_path or socket.cgroup,
                **socket.extra,
            },
            width,
        ),
    )


def _fdinfo(fdinfo: show_records.Fdinfo, width: int | None) -> Iterator[str]:
    # Registrations of an epoll have a section of their own, in which they are decoded.
    worth = {name: value for name, value in fdinfo.decoded.items() if name != "targets"}
    yield from _section("fdinfo", _pairs(worth, width))


def _notes(notes: Iterable[str], width: int | None) -> Iterator[str]:
    for note in notes:
        yield from _broken(f"! {note}", width, INDENT)


def _process(document: show_records.ProcessReport, sums: str, width: int | None) -> Iterator[str]:
    process = document.process
    yield _joined(str(process.pid), " ".join(process.cmdline) or f"[{process.comm}]")
    yield sums
    yield from (
        INDENT + line
        for line in _pairs(
            {
                "parent": process.ppid,
                "user": process.user,
                "state": process.state,
                "process group": process.pgid,
                "session": process.sid,
                "working directory": document.cwd,
                "executable": document.exe,
                "threads": document.threads,
                "used": used(document.metadata),
                "netns": _joined(str(process.netns or ""), process.netns_name),
                "cgroup": process.cgroup,
                "descriptors": process.descriptors,
                "not readable": process.denied,
                "partly read": f"{process.unread} descriptors were left" if process.unread else "",
                "thread of": process.thread_of,
                "shares its descriptor table with": process.shares_table_with,
                "pid in its namespace": process.inner_pid,
            },
            width,
        )
    )


def _table(descriptors: list[records.DescriptorRecord]) -> Iterator[str]:
    lines = (f"{slot_name(one.fd):>5}  {one.access:<2}  {one.label:<10}  {one.text}" for one in descriptors)
    yield from _section(f"Descriptors ({len(descriptors)})", lines)


def _pairs(values: dict[str, Any], width: int | None) -> Iterator[str]:
    """One line for each value that is known; more for a list that is longer than a line, indented."""
    for name, value in values.items():
        text = _plain(value)
        if text and isinstance(value, list | tuple | dict):
            yield from _broken(f"{name}: {text}", width and width - len(INDENT), INDENT * 2)
        elif text:
            yield f"{name}: {text}"


def _broken(text: str, width: int | None, indent: str = "") -> Iterator[str]:
    """Break a text at its spaces; a word that is longer than a line is left to be cut."""
    if width is None or len(text) <= width:
        yield text
    else:
        yield from textwrap.wrap(
            text, max(width, 1), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )


def _plain(value: object) -> str:
    """Write a decoded value: lists with blanks between, dictionaries as name=value, None and "" as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "(" + " ".join(f"{name}={text}" for name, entry in value.items() if (text := _plain(entry))) + ")"
    if isinstance(value, list | tuple):
        return " ".join(map(_plain, value))
    return str(value)


def _joined(*parts: str) -> str:
    return "  ".join(part for part in parts if part)
