"""What the pane says of a socket itself, whoever holds it."""

from sockscope.model.queue_meaning import queue_phrases
from sockscope.model.socket import Socket
from sockscope.tui.panes.fields import field_lines
from sockscope.tui.panes.section import Section
from sockscope.world.describe import queue_words
from sockscope.world.world import World

SHUTDOWN = ((1, "receiving"), (2, "sending"))


def identity_facts(world: World, socket: Socket) -> list[str]:
    """Name what tells a socket from all others, and what waits in it."""
    facts = [f"cookie {socket.cookie:x}"] if socket.cookie else []
    netns = world.netns_name(socket.netns) or (str(socket.netns) if socket.netns > 0 else "")
    facts += [netns if netns.startswith("netns ") else f"netns {netns}"] if netns else []
    facts += [f"uid {socket.uid}"] if socket.uid >= 0 else []
    return facts + queue_phrases(socket)


def socket_section(world: World, socket: Socket, width: int) -> Section:
    """Tell everything that sock_diag says of a socket and no other section does."""
    name = world.netns_name(socket.netns)
    hidden = "hidden" if socket.netns < 0 else ""
    fields = {
        "type": " ".join(word for word in (socket.family, socket.type, socket.protocol) if word),
        "state": socket.state,
        "local": socket.local_text,
        "remote": socket.remote_text,
        "accept queue": queue_words(socket) if socket.queue >= 0 else "",
        "shut down": " and ".join(name for bit, name in SHUTDOWN if socket.shutdown & bit),
        "interface": socket.interface or "",
        "netns": hidden or f"{socket.netns or ''} {name}".strip(),
        "cgroup": socket.cgroup_path or (f"{socket.cgroup}, without a path" if socket.cgroup else ""),
        **(socket.extra or {}),
    }
    known = {name: value for name, value in fields.items() if value not in ("", [], {}, None)}
    return Section("Socket", tuple(field_lines(known, width)), None, ((socket.source or "inode only", "dim"),))
