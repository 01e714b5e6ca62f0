"""What the side pane says of sockets that nobody holds: of all of them, and of one with the reason."""

from collections import Counter

from sockscope.model.socket import Socket
from sockscope.tui.holders_pane import holder_lines, other_end, registered_in
from sockscope.tui.ink import Span, kind_role
from sockscope.tui.rowkeys import UNHELD, UnheldKey
from sockscope.tui.rows import Rows
from sockscope.tui.section import PaneLine, Section, evidence, text_line, wrapped
from sockscope.tui.socket_pane import identity_facts, socket_section
from sockscope.world.accept_queue import QUEUE_EVIDENCE, TUPLE_EVIDENCE, waits_at
from sockscope.world.describe import socket_sentence
from sockscope.world.world import World

ABOUT = (
    "The kernel keeps these sockets, and no descriptor that could be read leads to them: connections that nobody "
    "accepted yet, connections that wind down after close, sockets in flight in a message, sockets registered in an "
    "io_uring, and sockets of the kernel itself."
)


def unheld_sections(rows: Rows, key: UnheldKey, width: int) -> list[Section] | None:
    """Tell what is known of a row of the last branch, None when the socket is gone or held by now."""
    if key == UNHELD:
        return _branch(rows, width)
    socket = rows.unheld.socket(key)
    return None if socket is None else _socket(rows, socket, width)


def _branch(rows: Rows, width: int) -> list[Section]:
    counts: Counter[tuple[str, str]] = Counter()
    for socket in rows.unheld.sockets():
        counts[socket.label or "socket", socket.state] += 1
    lines = [
        PaneLine(((f"{count:>6}  ", ""), (f"{label:<8} ", kind_role(label)), (state, "")))
        for (label, state), count in counts.most_common()
    ]
    heading = Section("", (text_line("Sockets nobody holds", "title"), *wrapped(ABOUT, width)))
    return [heading, Section("By state", tuple(lines), counts.total())]


def _socket(rows: Rows, socket: Socket, width: int) -> list[Section]:
    world = rows.world
    label = socket.label or "socket"
    title: tuple[Span, ...] = ((label, kind_role(label)), (f"  {socket.state}", "title"), ("  held by nobody", "dim"))
    facts = [f"ino {socket.ino}" if socket.ino else "no inode", *identity_facts(world, socket)]
    heading = (
        PaneLine(title),
        *wrapped(socket_sentence(world, socket), width),
        *wrapped(" · ".join(facts), width, "dim"),
    )
    return [
        Section("", heading),
        Section("Why nobody holds it", tuple(wrapped(rows.unheld.reason(socket), width))),
        *_listeners(world, socket),
        *registered_in(world, socket.ino),
        *other_end(world, rows.surroundings.peers, width),
        socket_section(world, socket, width),
    ]


def _listeners(world: World, socket: Socket) -> list[Section]:
    found = waits_at(world, socket)
    if not found:
        return []
    lines = [line for listener in found for line in holder_lines(world, world.socket_holders(listener.ino), " ", "")]
    how = evidence("proven", QUEUE_EVIDENCE) if socket.family == "unix" else evidence("inferred", TUPLE_EVIDENCE)
    return [Section("Waits to be accepted by", tuple(lines), len(lines), how)]
