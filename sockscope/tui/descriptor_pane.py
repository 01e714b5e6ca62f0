"""What the side pane says of a descriptor: who else holds its object, who is at the other end, who watches it."""

from collections.abc import Sequence
from itertools import islice

import msgspec

from sockscope.frames.messages import Answer, DescriptorReport, Waiting
from sockscope.model.descriptor import Descriptor, Fields
from sockscope.model.epoll import event_names
from sockscope.model.socket import Socket
from sockscope.tui.columns import kind_label
from sockscope.tui.fields_pane import field_lines
from sockscope.tui.holders_pane import MAX_LINES, Findings, Slot, holder_lines, other_end, registered_in
from sockscope.tui.ink import Span, kind_role
from sockscope.tui.kind_pane import details_section, kind_sections
from sockscope.tui.rowkeys import UnheldKey
from sockscope.tui.section import CONFIDENCE_ROLES, PaneLine, Section, evidence, text_line, wrapped
from sockscope.tui.socket_pane import identity_facts, socket_section
from sockscope.tui.terminal_pane import terminal_section
from sockscope.world.describe import row_text, sentence
from sockscope.world.relations import OTHER, SAME, WATCH, Pending, Related, Sibling, TargetLink, Watcher
from sockscope.world.world import World

ON_ONE_INODE = frozenset(
    {"epoll", "eventfd", "timerfd", "signalfd", "inotify", "fanotify", "bpf-map", "bpf-prog", "bpf-link"}
)
"""Kinds that have no inode of their own; only kcmp(2) tells two of them apart."""
OPENED_AGAIN = frozenset({"file", "directory", "memfd", "fifo", "tty", "block-device", "mqueue", "dmabuf"})
"""Kinds of which one object may be opened several times, each time with an offset and flags of its own."""
WITH_OFFSET = frozenset({"file", "memfd", "block-device", "directory"})
STATUS_ROLES = {"live": "good", "moved": "warn", "closed": "bad", "unknown": "dim"}


def descriptor_sections(
    world: World,
    related: Related,
    answer: Answer | None,
    options: list[Section],
    width: int,
    *,
    raw: bool,
) -> list[Section]:
    """Tell everything known about a descriptor.

    `answer` is what an inspection found, if any; `options` what was asked for on request.
    """
    descriptor = related.descriptor
    report = None if answer is None else answer.descriptor
    waiters = () if answer is None else answer.waiters
    findings = Findings({(wait.pid, wait.fd): wait.syscall for wait in waiters}, _openings(descriptor, answer))
    process = world.processes.get(descriptor.process)
    socket = related.socket
    sections = [
        _heading(world, related, report, width),
        *options,
        _held_by(world, related, findings),
        *registered_in(world, descriptor.ino if descriptor.kind == "socket" else 0),
        *other_end(world, related.peers, width),
        *kind_sections(world, descriptor, report, width),
        *_watched_by(world, related.watchers, findings),
        *_siblings(world, related.siblings),
        *_pending(world, related.pending),
        *_listeners(world, related.listeners),
        *_targets(world, related.targets),
        *_waiting(world, [wait for wait in waiters if (wait.pid, wait.fd) not in _told(related)]),
        *_remarks(related.notes, width),
        *details_section(report, width),
        *([] if socket is None else [socket_section(world, socket, width)]),
        _fdinfo(descriptor, report, width, raw=raw),
    ]
    return [*sections, *terminal_section(world, process)] if process is not None else sections


def _told(related: Related) -> set[tuple[int, int]]:
    """Descriptors whose line says itself that a thread waits on it."""
    watching = (key for watcher in related.watchers for key in watcher.holders)
    return {(key.pid, key.fd) for key in (*related.same_end, *watching)}


def _heading(world: World, related: Related, report: DescriptorReport | None, width: int) -> Section:
    descriptor = related.descriptor
    label = kind_label(world, descriptor)
    title: tuple[Span, ...] = (
        (f"{descriptor.pid}", "process"),
        (":", "dim"),
        (f"{descriptor.fd}", "title"),
        (f"  {label}", kind_role(label)),
        (f"  {descriptor.access}", "dim"),
    )
    process = world.processes.get(descriptor.process)
    owner = [text_line(process.title, "dim")] if process is not None else []
    lines = [PaneLine(title), *owner, *wrapped(sentence(world, _in_depth(descriptor, report)), width)]
    return Section("", (*lines, *_identity(world, descriptor, related.socket, width)))


def _identified(descriptor: Descriptor) -> str:
    """Say how it is known that several descriptors are one object."""
    if descriptor.kind == "eventfd" and descriptor.fields and descriptor.fields.get("id") is not None:
        return "eventfd-id"
    return "kcmp" if descriptor.kind in ON_ONE_INODE else "one inode"


def _in_depth(descriptor: Descriptor, report: DescriptorReport | None) -> Descriptor:
    """Add what only an inspection knows; what fdinfo does not say (the devpts instance) stays."""
    if report is None:
        return descriptor
    return msgspec.structs.replace(descriptor, fields={**(descriptor.fields or {}), **report.fields})


def _identity(world: World, descriptor: Descriptor, socket: Socket | None, width: int) -> list[PaneLine]:
    facts = [f"ino {descriptor.ino}"] if descriptor.ino else []
    if facts and descriptor.kind in ON_ONE_INODE:
        facts = [f"ino {descriptor.ino}, which all anonymous files share"]
    if socket is not None:
        facts += identity_facts(world, socket)
    return wrapped(" · ".join(facts), width, "dim") if facts else []


def _openings(descriptor: Descriptor, answer: Answer | None) -> dict[Slot, str]:
    """Say of each compared holder whether it shares offset and flags with the descriptor (kcmp KCMP_FILE)."""
    if answer is None or descriptor.kind not in OPENED_AGAIN:
        return {}
    what = "offset" if descriptor.kind in WITH_OFFSET else "open file"
    return dict.fromkeys(answer.other_files, f"own {what}") | dict.fromkeys(answer.same_file, f"same {what}")


def _held_by(world: World, related: Related, findings: Findings) -> Section:
    holders = related.same_end
    if related.holders_confidence == "unknown":
        known: tuple[Span, ...] = evidence("unknown", "kcmp denied: sharing would go unseen")
    elif len(holders) == 1:
        known = (("not shared", "dim"),)
    else:
        known = (("one object, ", "dim"), *evidence(related.holders_confidence, _identified(related.descriptor)))
    lines = holder_lines(world, holders, SAME, "same", findings, here=related.descriptor.key)
    return Section("Held by", lines, len(holders), known)


def _watched_by(world: World, watchers: Sequence[Watcher], findings: Findings) -> list[Section]:
    if not watchers:
        return []
    lines: list[PaneLine] = []
    for watcher in islice(watchers, MAX_LINES):
        lines += holder_lines(world, watcher.holders, WATCH, "watch", findings)
        spans: list[Span] = [("    ", ""), (" ".join(event_names(watcher.target.events)), "kind-event")]
        if watcher.target.status != "live":
            status = watcher.target.status
            spans.append((f"  registered as {watcher.target.fd}, {status}", STATUS_ROLES.get(status, "dim")))
        if watcher.confidence != "proven":
            spans.append((f"  {watcher.confidence}", CONFIDENCE_ROLES[watcher.confidence]))
        lines.append(PaneLine(tuple(spans)))
    surest = all(watcher.confidence == "proven" for watcher in watchers)
    return [
        Section(
            "Watched by",
            tuple(lines),
            len(watchers),
            evidence("proven", "KCMP_EPOLL_TFD") if surest else (("see each", "dim"),),
        )
    ]


def _pending(world: World, pending: Sequence[Pending]) -> list[Section]:
    if not pending:
        return []
    lines: list[PaneLine] = []
    for client in islice(pending, MAX_LINES):
        about = client.remote or (f"ino {client.ino}" if client.ino else "a client that is not on this machine")
        spans: tuple[Span, ...] = ((about, "accent"), ("  ", ""), *evidence(client.confidence))
        lines.append(PaneLine(spans, _waiting_socket(world, client)))
        lines += holder_lines(world, client.holders, OTHER, "other-end")
    how = evidence(pending[0].confidence, pending[0].evidence)
    return [Section("Not accepted yet", tuple(lines), len(pending), how)]


def _waiting_socket(world: World, client: Pending) -> UnheldKey | None:
    """Return the row of the half that waits, or of a client that nobody holds any more."""
    if client.half in world.sockets:
        return UnheldKey(client.half)
    socket = None if client.holders else world.socket_by_ino(client.ino)
    return None if socket is None else UnheldKey(socket.key)


def _listeners(world: World, listeners: Sequence[Sibling]) -> list[Section]:
    if not listeners:
        return []
    lines = [line for found in listeners for line in holder_lines(world, found.holders, " ", "")]
    return [Section("Came in through", tuple(lines), len(lines), evidence("inferred", "local address in LISTEN"))]


def _siblings(world: World, siblings: Sequence[Sibling]) -> list[Section]:
    if not siblings:
        return []
    lines: list[PaneLine] = []
    for sibling in islice(siblings, MAX_LINES):
        lines.append(text_line(f"ino {sibling.ino}", "dim"))
        lines += holder_lines(world, sibling.holders, " ", "")
    return [
        Section(
            "Same address", tuple(lines), len(siblings), evidence("proven", "one address, other inodes (SO_REUSEPORT)")
        )
    ]


def _targets(world: World, targets: Sequence[TargetLink]) -> list[Section]:
    if not targets:
        return []
    lines: list[PaneLine] = []
    for link in islice(targets, MAX_LINES):
        lines += _target(world, link)
    if len(targets) > MAX_LINES:
        lines.append(text_line(f"… and {len(targets) - MAX_LINES:,} more", "dim"))
    surest = all(link.target.confidence == "proven" for link in targets)
    how = evidence("proven", "fdinfo tfd, KCMP_EPOLL_TFD") if surest else (("fdinfo tfd, see each", "dim"),)
    return [Section("Targets", tuple(lines), len(targets), how)]


def _target(world: World, link: TargetLink) -> list[PaneLine]:
    target, descriptor = link.target, link.descriptor
    follow = descriptor.key if descriptor is not None else next(iter(link.holders), None)
    spans: list[Span] = [(f"{target.fd:>4}  ", "accent")]
    if target.status != "live":
        spans.append((f"{target.status}  ", STATUS_ROLES.get(target.status, "dim")))
    if descriptor is not None:
        label = kind_label(world, descriptor)
        elsewhere = f"now {descriptor.pid}:{descriptor.fd}  " if target.status == "moved" else ""
        spans += [(elsewhere, "warn"), (f"{label}  ", kind_role(label)), (row_text(world, descriptor), "")]
    else:
        spans.append((f"ino {target.ino}", "dim"))
    events = " ".join(event_names(target.events)) or "none"
    about: list[Span] = [("      ", ""), (events, "kind-event"), (f"  data 0x{target.data:x}", "dim")]
    if target.confidence != "proven":
        about += [("  ", ""), *evidence(target.confidence)]
    return [PaneLine(tuple(spans), follow), PaneLine(tuple(about))]


def _waiting(world: World, waiters: Sequence[Waiting]) -> list[Section]:
    if not waiters:
        return []
    lines = []
    for wait in islice(waiters, MAX_LINES):
        descriptor = world.find(wait.pid, wait.fd) if wait.fd >= 0 else None
        thread = "" if wait.tid == wait.pid else f" thread {wait.tid}"
        call = f"{wait.syscall}({wait.fd})" if wait.fd >= 0 else wait.syscall
        spans: tuple[Span, ...] = ((f"  {wait.pid}{thread}  ", "accent"), (call, "kind-event"))
        lines.append(PaneLine(spans, None if descriptor is None else descriptor.key))
    return [Section("Waiting now", tuple(lines), len(waiters), evidence("proven", "task/TID/syscall"))]


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
    return Section("fdinfo", tuple(lines), None, (("raw" if raw else "decoded", "dim"), ("  r switches", "faint")))


def _worth_telling(fields: Fields) -> Fields:
    """Leave out what is empty, and the registrations of an epoll, which have a section of their own."""
    return {name: value for name, value in fields.items() if name != "targets" and value not in ([], {}, None)}
