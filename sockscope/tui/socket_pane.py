"""What the pane says of a socket itself, whoever holds it."""

from sockscope.model.socket import Socket
from sockscope.tui.fields_pane import field_lines
from sockscope.tui.section import Section
from sockscope.world.world import World

SHUTDOWN = ((1, "receiving"), (2, "sending"))


def identity_facts(world: World, socket: Socket) -> list[str]:
    """Name what tells a socket from all others, and what waits in it."""
    facts = [f"cookie {socket.cookie:x}"] if socket.cookie else []
    netns = world.netns_name(socket.netns) or (str(socket.netns) if socket.netns > 0 else "")
    facts += [netns if netns.startswith("netns ") else f"netns {netns}"] if netns else []
    facts += [f"uid {socket.uid}"] if socket.uid >= 0 else []
    facts += [f"{socket.recv_q:,} bytes to read"] if socket.recv_q else []
    return [*facts, f"{socket.send_q:,} bytes sent and not taken"] if socket.send_q else facts


def socket_section(world: World, socket: Socket, width: int) -> Section:
    """Tell everything that sock_diag says of a socket and no other section does."""
    name = world.netns_name(socket.netns)
    hidden = "hidden" if socket.netns < 0 else ""
    fields = {
        "type": " ".join(word for word in (socket.family, socket.type, socket.protocol) if word),
        "state": socket.state,
        "local": socket.local,
        "remote": socket.remote,
        "accept queue": f"{socket.queue} of at most {socket.backlog}" if socket.queue >= 0 else "",
        "shut down": " and ".join(name for bit, name in SHUTDOWN if socket.shutdown & bit),
        "interface": socket.interface or "",
        "netns": hidden or f"{socket.netns or ''} {name}".strip(),
        "cgroup": socket.cgroup_path or (f"{socket.cgroup}, without a path" if socket.cgroup else ""),
        **(socket.extra or {}),
    }
    known = {name: value for name, value in fields.items() if value not in ("", [], {}, None)}
    return Section("Socket", tuple(field_lines(known, width)), None, ((socket.source or "inode only", "dim"),))
