"""What the side pane says of a descriptor: what it is, all that is related to it, and what fdinfo has."""

from collections.abc import Sequence

import msgspec

from sockscope.frames.messages import Answer, DescriptorReport
from sockscope.model.descriptor import Descriptor, Fields
from sockscope.model.keys import slot_name
from sockscope.model.socket import Socket
from sockscope.report.sections.section import Span
from sockscope.report.sections.writers import sections_of
from sockscope.tui.panes.details import details_section
from sockscope.tui.panes.fields import field_lines
from sockscope.tui.panes.section import VOICE, PaneLine, Section, fitted, key_span, text_line, wrapped
from sockscope.tui.panes.socket import identity_facts, socket_section
from sockscope.tui.widgets.ink import kind_role
from sockscope.world.describe import kind_label, sentence
from sockscope.world.relations.answers import Related
from sockscope.world.relations.relation import Subject
from sockscope.world.world import World

OF_MANY = frozenset({"kcmp", "number"})
"""What `Descriptor.identified` says where the inode is that of many other files."""


def descriptor_sections(
    world: World,
    related: Related,
    answer: Answer | None,
    asked: list[Section],
    width: int,
    *,
    raw: bool,
) -> list[Section]:
    """Tell everything known about a descriptor.

    `answer` is what an inspection found, if any; `asked` what was asked for on request.
    """
    descriptor, socket = related.descriptor, related.socket
    report = None if answer is None else answer.descriptor
    told = sections_of(world, related, Subject(descriptor, socket, answer, in_passing=True), VOICE)
    return [
        _heading(world, related, report, width),
        *asked,
        *fitted(told.first, width),
        *_remarks(related.notes, width),
        *details_section(report, width),
        *([] if socket is None else [socket_section(world, socket, width)]),
        _fdinfo(descriptor, report, width, raw=raw),
        *fitted(told.last, width),
    ]


def _heading(world: World, related: Related, report: DescriptorReport | None, width: int) -> Section:
    descriptor = related.descriptor
    label = kind_label(world, descriptor)
    title: tuple[Span, ...] = (
        (f"{descriptor.pid}", "process"),
        (":", "dim"),
        (slot_name(descriptor.fd), "title"),
        (f"  {label}", kind_role(label)),
        (f"  {descriptor.access}", "dim"),
    )
    process = world.processes.get(descriptor.process)
    owner = [text_line(process.title, "dim")] if process is not None else []
    lines = [PaneLine(title), *owner, *wrapped(sentence(world, _in_depth(descriptor, report)), width)]
    return Section("", (*lines, *_identity(world, descriptor, related.socket, width)))


def _in_depth(descriptor: Descriptor, report: DescriptorReport | None) -> Descriptor:
    """Add what only an inspection knows; what fdinfo does not say (the devpts instance) stays."""
    if report is None:
        return descriptor
    return msgspec.structs.replace(descriptor, fields={**(descriptor.fields or {}), **report.fields})


def _identity(world: World, descriptor: Descriptor, socket: Socket | None, width: int) -> list[PaneLine]:
    facts = [] if descriptor.inode is None else [f"ino {descriptor.ino}"]
    if facts and descriptor.identified in OF_MANY and not descriptor.dev:
        facts = [f"ino {descriptor.ino}, which all anonymous files share"]
    elif facts and descriptor.identified == "kcmp":
        facts = [f"ino {descriptor.ino} of its node, which all share that open it"]
    if socket is not None:
        facts += identity_facts(world, socket)
    return wrapped(" · ".join(facts), width, "dim") if facts else []


def _remarks(notes: Sequence[str], width: int) -> list[Section]:
    lines = [line for note in notes for line in wrapped(note, width)]
    return [Section("Notes", tuple(lines))] if lines else []


def _fdinfo(descriptor: Descriptor, report: DescriptorReport | None, width: int, *, raw: bool) -> Section:
    if report is None:
        fields = {} if descriptor.fields is None else descriptor.fields
        lines = field_lines({"target": descriptor.target, **_worth_telling(fields)}, width)
    elif raw:
        lines = [line for text in report.raw.splitlines() for line in wrapped(text, width)]
    else:
        lines = field_lines({"target": descriptor.target, **_worth_telling(report.fields)}, width)
    switches: tuple[Span, ...] = (("  ", "faint"), key_span("app.raw", "faint"), (" switches", "faint"))
    return Section("fdinfo", tuple(lines), None, (("raw" if raw else "decoded", "dim"), *switches))


def _worth_telling(fields: Fields) -> Fields:
    """Leave out what is empty, and the registrations of an epoll, which have a section of their own."""
    return {name: value for name, value in fields.items() if name != "targets" and value not in ([], {}, None)}
