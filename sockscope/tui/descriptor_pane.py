"""What the side pane says of a descriptor: who else holds its object, who is at the other end, who watches it."""

from collections.abc import Iterable, Sequence
from itertools import islice

from sockscope.frames.messages import DescriptorReport, Waiting
from sockscope.model.descriptor import Descriptor, Fields
from sockscope.model.epoll import event_names
from sockscope.model.keys import DescriptorKey
from sockscope.model.socket import Socket
from sockscope.tui.columns import kind_label
from sockscope.tui.fields_pane import field_lines
from sockscope.tui.ink import Span, kind_role
from sockscope.tui.section import CONFIDENCE_ROLES, PaneLine, Section, evidence, text_line, wrapped
from sockscope.tui.terminal_pane import terminal_section
from sockscope.world.describe import row_text, sentence
from sockscope.world.relations import OTHER, SAME, WATCH, Peer, Pending, Related, Sibling, TargetLink, Watcher
from sockscope.world.world import World

MAX_LINES = 300
"""Lines of one section; `n` walks through everything, however much it is."""

ON_ONE_INODE = frozenset(
    {"epoll", "eventfd", "timerfd", "signalfd", "inotify", "fanotify", "bpf-map", "bpf-prog", "bpf-link"}
)
"""Kinds that have no inode of their own; only kcmp(2) tells two of them apart."""
STATUS_ROLES = {"live": "good", "moved": "warn", "closed": "bad", "unknown": "dim"}


def descriptor_sections(
    world: World,
    related: Related,
    report: DescriptorReport | None,
    waiters: Sequence[Waiting],
    width: int,
    *,
    raw: bool,
) -> list[Section]:
    """Tell everything known about a descriptor; `report` and `waiters` are what an inspection found, if any."""
    descriptor = related.descriptor
    waiting = {(wait.pid, wait.fd): wait.syscall for wait in waiters}
    process = world.processes.get(descriptor.process)
    sections = [
        _heading(world, related, width),
        _held_by(world, related, waiting),
        *_other_end(world, related.peers, width),
        *_watched_by(world, related.watchers, waiting),
        *_siblings(world, related.siblings),
        *_pending(world, related.pending),
        *_listeners(world, related.listeners),
        *_targets(world, related.targets),
        *_waiting(world, [wait for wait in waiters if (wait.pid, wait.fd) not in _told(related)]),
        *_remarks(related.notes, width),
        _fdinfo(descriptor, report, width, raw=raw),
    ]
    return [*sections, *terminal_section(world, process)] if process is not None else sections


def _told(related: Related) -> set[tuple[int, int]]:
    """Descriptors whose line says itself that a thread waits on it."""
    watching = (key for watcher in related.watchers for key in watcher.holders)
    return {(key.pid, key.fd) for key in (*related.same_end, *watching)}


def _heading(world: World, related: Related, width: int) -> Section:
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
    lines = [PaneLine(title), *owner, *wrapped(sentence(world, descriptor), width)]
    return Section("", (*lines, *_identity(descriptor, related.socket, width)))


def _identity(descriptor: Descriptor, socket: Socket | None, width: int) -> list[PaneLine]:
    facts = [f"ino {descriptor.ino}"] if descriptor.ino else []
    if facts and descriptor.kind in ON_ONE_INODE:
        facts = [f"ino {descriptor.ino}, which all anonymous files share"]
    if socket is not None:
        facts += [f"cookie {socket.cookie:x}"] if socket.cookie else []
        facts += [f"netns {socket.netns}"] if socket.netns else []
        facts += [f"uid {socket.uid}"] if socket.uid >= 0 else []
        facts += _queues(socket)
    return wrapped(" · ".join(facts), width, "dim") if facts else []


def _queues(socket: Socket) -> list[str]:
    queued = [f"{socket.recv_q:,} bytes to read"] if socket.recv_q else []
    return [*queued, f"{socket.send_q:,} bytes sent and not taken"] if socket.send_q else queued


def _held_by(world: World, related: Related, waiting: dict[tuple[int, int], str]) -> Section:
    holders = related.same_end
    if related.holders_confidence == "unknown":
        known: tuple[Span, ...] = evidence("unknown", "kcmp denied: sharing would go unseen")
    elif len(holders) == 1:
        known = (("not shared", "dim"),)
    else:
        known = (("one object, ", "dim"), *evidence(related.holders_confidence))
    lines = _holder_lines(world, holders, SAME, "same", waiting, here=related.descriptor.key)
    return Section("Held by", lines, len(holders), known)


def _holder_lines(
    world: World,
    keys: Sequence[DescriptorKey],
    sign: str,
    role: str,
    waiting: dict[tuple[int, int], str] | None = None,
    here: DescriptorKey | None = None,
) -> tuple[PaneLine, ...]:
    width = max((len(f"{key.pid}:{key.fd}") for key in islice(keys, MAX_LINES)), default=0)
    lines = [
        _holder_line(world, key, " " if key == here else sign, role, width, (waiting or {}).get((key.pid, key.fd), ""))
        for key in islice(keys, MAX_LINES)
    ]
    if len(keys) > MAX_LINES:
        lines.append(text_line(f"  … and {len(keys) - MAX_LINES:,} more: n walks through them", "dim"))
    return tuple(lines)


def _holder_line(world: World, key: DescriptorKey, sign: str, role: str, width: int, wait: str) -> PaneLine:
    process = world.processes.get(key.process)
    name = process.title if process is not None else ""
    waits: tuple[Span, ...] = ((f"{wait} now  ", "kind-event"),) if wait else ()
    place = f"{key.pid}:{key.fd}"
    return PaneLine(((f"{sign} ", role), (f"{place:<{width}}  ", "accent"), *waits, (name, "")), key)


def _other_end(world: World, peers: Iterable[Peer], width: int) -> list[Section]:
    sections = []
    for peer in islice(peers, MAX_LINES):
        lines = list(_holder_lines(world, peer.holders, OTHER, "other-end"))
        if peer.note:
            lines += wrapped(peer.note, width, "dim")
        via: Span = (f"{peer.via}, ", "dim")
        sections.append(
            Section("Other end", tuple(lines), len(peer.holders), (via, *evidence(peer.confidence, peer.evidence)))
        )
    return sections


def _watched_by(world: World, watchers: Sequence[Watcher], waiting: dict[tuple[int, int], str]) -> list[Section]:
    if not watchers:
        return []
    lines: list[PaneLine] = []
    for watcher in islice(watchers, MAX_LINES):
        lines += _holder_lines(world, watcher.holders, WATCH, "watch", waiting)
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
        lines += _holder_lines(world, client.holders, OTHER, "other-end")
        about = client.remote or (f"ino {client.ino}" if client.ino else "a client that is not on this machine")
        lines.append(PaneLine((("    ", ""), (about, "dim"), ("  ", ""), *evidence(client.confidence))))
    how = evidence(pending[0].confidence, pending[0].evidence)
    return [Section("Not accepted yet", tuple(lines), len(pending), how)]


def _listeners(world: World, listeners: Sequence[Sibling]) -> list[Section]:
    if not listeners:
        return []
    lines = [line for found in listeners for line in _holder_lines(world, found.holders, " ", "")]
    return [Section("Came in through", tuple(lines), len(lines), evidence("inferred", "local address in LISTEN"))]


def _siblings(world: World, siblings: Sequence[Sibling]) -> list[Section]:
    if not siblings:
        return []
    lines: list[PaneLine] = []
    for sibling in islice(siblings, MAX_LINES):
        lines.append(text_line(f"ino {sibling.ino}", "dim"))
        lines += _holder_lines(world, sibling.holders, " ", "")
    return [Section("Same address", tuple(lines), len(siblings), (("other sockets, SO_REUSEPORT", "dim"),))]


def _targets(world: World, targets: Sequence[TargetLink]) -> list[Section]:
    if not targets:
        return []
    lines: list[PaneLine] = []
    for link in islice(targets, MAX_LINES):
        lines += _target(world, link)
    if len(targets) > MAX_LINES:
        lines.append(text_line(f"… and {len(targets) - MAX_LINES:,} more", "dim"))
    return [Section("Targets", tuple(lines), len(targets), (("fdinfo tfd", "dim"),))]


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
    about: tuple[Span, ...] = (("      ", ""), (events, "kind-event"), (f"  data 0x{target.data:x}", "dim"))
    return [PaneLine(tuple(spans), follow), PaneLine(about)]


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
