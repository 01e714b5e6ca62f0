"""Lines of the pane that name descriptors: who holds an object, and who is at its other end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sockscope.model.keys import DescriptorKey
from sockscope.tui.ink import Span
from sockscope.tui.process_marks import process_marks
from sockscope.tui.rowkeys import UnheldKey
from sockscope.tui.section import PaneLine, Section, evidence, text_line, wrapped
from sockscope.world.relations import OTHER, Peer
from sockscope.world.world import World

MAX_LINES = 300
"""Lines of one section; `n` walks through everything, however much it is."""
Slot = tuple[int, int]
"""(pid, fd)."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What an inspection found out about holders, to be said on their lines."""

    waiting: Mapping[Slot, str] = field(default_factory=dict)
    """System call in which a thread is blocked on the descriptor now."""
    files: Mapping[Slot, str] = field(default_factory=dict)
    """Whether it shares the open file description of the selected one, in words."""


NOTHING = Findings()


def holder_lines(
    world: World,
    keys: Sequence[DescriptorKey],
    sign: str,
    role: str,
    findings: Findings = NOTHING,
    here: DescriptorKey | None = None,
) -> tuple[PaneLine, ...]:
    """Name descriptors, each on a line that leads to it; `here` is the selected one, which gets no sign."""
    width = max((len(f"{key.pid}:{key.fd}") for key in islice(keys, MAX_LINES)), default=0)
    lines = [
        _holder_line(world, key, (" " if key == here else sign, role), width, findings)
        for key in islice(keys, MAX_LINES)
    ]
    if len(keys) > MAX_LINES:
        lines.append(text_line(f"  … and {len(keys) - MAX_LINES:,} more: n walks through them", "dim"))
    return tuple(lines)


def _holder_line(world: World, key: DescriptorKey, sign: Span, width: int, findings: Findings) -> PaneLine:
    process = world.processes.get(key.process)
    slot = (key.pid, key.fd)
    wait, file = findings.waiting.get(slot, ""), findings.files.get(slot, "")
    spans: list[Span] = [(f"{sign[0]} ", sign[1]), (f"{f'{key.pid}:{key.fd}':<{width}}  ", "accent")]
    if wait:
        spans.append((f"{wait} now  ", "kind-event"))
    if file:
        spans.append((f"{file}  ", "dim"))
    if process is not None:
        spans += process_marks(process)
    return PaneLine((*spans, ("" if process is None else process.title, "")), key)


def other_end(world: World, peers: Iterable[Peer], width: int) -> list[Section]:
    """Tell who is at the other end, how that is known, and where nobody is, why."""
    sections = []
    for peer in islice(peers, MAX_LINES):
        lines = list(holder_lines(world, peer.holders, OTHER, "other-end"))
        if not peer.holders and peer.socket:
            lines.append(unheld_line(peer.socket, f"ino {peer.ino}" if peer.ino else "no inode", OTHER, "other-end"))
        if peer.note:
            lines += wrapped(peer.note, width, "dim")
        via: Span = (f"{peer.via}, ", "dim")
        how = (via, *evidence(peer.confidence, peer.evidence))
        sections.append(Section("Other end", tuple(lines), len(peer.holders), how))
    return sections


def unheld_line(socket: int, text: str, sign: str = " ", role: str = "") -> PaneLine:
    """Name a socket that nobody holds, on a line that leads to its row; `socket` is `Socket.key`."""
    spans: tuple[Span, ...] = ((f"{sign} ", role), (text, "accent"), ("  held by nobody", "dim"))
    return PaneLine(spans, UnheldKey(socket))


def registered_in(world: World, ino: int) -> list[Section]:
    """Tell which io_uring keeps a socket open by itself, closed descriptors or not."""
    rings = world.descriptor_index.registered.get(ino) if ino else ()
    if not rings:
        return []
    lines = holder_lines(world, rings, " ", "")
    return [Section("Kept by io_uring", lines, len(rings), evidence("proven", "UserFiles of its fdinfo"))]
