"""What the side pane says of sockets that nobody holds: of all of them, and of one with the reason."""

from collections import Counter

from sockscope.model.socket import Socket
from sockscope.report.sections.writers import sections_of_unheld
from sockscope.tui.panes.section import VOICE, PaneLine, Section, fitted, text_line, wrapped
from sockscope.tui.panes.socket import identity_facts, socket_section
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.rowkeys import UNHELD, UnheldKey
from sockscope.tui.widgets.ink import Span, kind_role
from sockscope.world.describe import socket_sentence
from sockscope.world.relations.relation import Subject

ABOUT = (
    "The kernel keeps these sockets, and no descriptor that could be read leads to them: connections that nobody "
    "accepted yet, connections that wind down after close, sockets in flight in a message, sockets registered in an "
    "io_uring, and sockets of the kernel itself."
)


def unheld_sections(rows: Rows, key: UnheldKey, width: int) -> list[Section] | None:
    """Tell what is known of a row of the last branch, None when the socket is gone or held by now."""
    if key == UNHELD:
        return _branch(rows, width)
    socket = rows.contents.unheld.socket(key)
    return None if socket is None else _socket(rows, socket, width)


def _branch(rows: Rows, width: int) -> list[Section]:
    counts: Counter[tuple[str, str]] = Counter()
    for socket in rows.contents.unheld.sockets():
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
    told = sections_of_unheld(world, Subject(None, socket), VOICE)
    return [Section("", heading), *fitted(told.first, width), socket_section(world, socket, width)]
