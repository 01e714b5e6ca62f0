"""What a descriptor is, in a row and in one sentence."""

from collections.abc import Callable

from sockscope.model import kinds
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.socket import Socket
from sockscope.world.commands import CUT, command
from sockscope.world.netlink_peers import named_process
from sockscope.world.peers import peers
from sockscope.world.relations import Peer, telling_holder
from sockscope.world.socket_index import ADDRESSED
from sockscope.world.world import World

__all__ = ["command", "kind_label", "row_text", "sentence", "socket_sentence", "socket_text"]

COMMAND_WIDTH = 40
MANY = 64
"""Sockets connected to one, above which a row counts them instead of naming one: /dev/log may have thousands."""
BOTH_ENDS = {"r": "read end", "w": "write end", "rw": "both ends"}
ENDS = {"r": "The read end", "w": "The write end", "rw": "Both ends"}


def row_text(world: World, descriptor: Descriptor) -> str:
    """What the row of a descriptor says after its number, access and kind; "" never."""
    find = ROWS.get(descriptor.kind)
    return (find(world, descriptor) if find is not None else "") or _phrase(descriptor)


def kind_label(world: World, descriptor: Descriptor) -> str:
    """What a user calls its kind: for a socket `tcp`, `unix`, …, else the kind itself."""
    socket = world.socket_of(descriptor)
    return descriptor.kind if socket is None or not socket.label else socket.label


def _phrase(descriptor: Descriptor) -> str:
    return kinds.phrase(descriptor.kind, descriptor.target, descriptor.fields)


def _socket_row(world: World, descriptor: Descriptor) -> str:
    socket = world.socket_of(descriptor)
    if socket is None:
        return f"ino {descriptor.ino}, described by no interface"
    return socket_text(world, socket, descriptor.key.process)


def socket_text(world: World, socket: Socket, holder: ProcessKey | None = None) -> str:
    """What the row of a socket says: state, addresses, other end, accept queue; `holder` is whose row it is."""
    if socket.family == "unix":
        return _unix_row(world, socket, holder)
    state = socket.state if socket.family in ADDRESSED else ""
    return (_spaced(state, _addresses(socket)) or socket.protocol) + _queue(socket)


def _unix_row(world: World, socket: Socket, holder: ProcessKey | None) -> str:
    state = socket.state if socket.listening else ""
    return _spaced(socket.type, state, socket.local, _unix_ends(world, socket, holder)) + _queue(socket)


def _unix_ends(world: World, socket: Socket, holder: ProcessKey | None) -> str:
    senders = world.socket_index.naming.count(socket.ino)
    if senders > MANY:
        return f"⇄ {senders} sockets"
    return "" if socket.listening else _ends(world.peers_of(socket), holder)


def _addresses(socket: Socket) -> str:
    if socket.listening or not socket.remote:
        return socket.local
    return f"{socket.local} → {socket.remote}"


def _queue(socket: Socket) -> str:
    return f"  {max(socket.queue, 0)}/{socket.backlog}" if socket.listening and socket.backlog >= 0 else ""


def _spaced(*words: str) -> str:
    return " ".join(word for word in words if word)


def _ends(others: tuple[Peer, ...], own: ProcessKey | None) -> str:
    """Name the other ends: a holder, one in another process than `own` if there is any, and how many more."""
    if not others:
        return ""
    first = telling_holder(others, own)
    via = " (socketpair)" if others[0].via == "socketpair" else ""
    if first is not None:
        count = _holders(others)
        more = f" +{count - 1}" if count > 1 else ""
        return f"⇄ {first.pid}:{first.fd}{more}{via}"
    ino = f"ino {others[0].ino}{via} " if others[0].ino else ""
    return f"⇄ {ino}{others[0].note}".rstrip()


def _holders(others: tuple[Peer, ...]) -> int:
    return sum(len(peer.holders) for peer in others)


def _pipe_row(world: World, descriptor: Descriptor) -> str:
    path = descriptor.target if descriptor.kind == "fifo" else ""
    held = [peer for peer in peers(world, descriptor) if peer.holders]
    other = _ends(tuple(held), descriptor.key.process) if held else "⇄ nobody that could be read"
    return _spaced(BOTH_ENDS.get(descriptor.access, ""), path, other)


def _pty_row(world: World, descriptor: Descriptor) -> str:
    return _spaced(_phrase(descriptor), _ends(peers(world, descriptor), descriptor.key.process))


def _epoll_row(world: World, descriptor: Descriptor) -> str:
    epoll = world.epoll_of(descriptor)
    if epoll is None:
        return "registrations not read"
    return f"watches {len(epoll.targets) or 'nothing'}"


def _namespace_row(world: World, descriptor: Descriptor) -> str:
    name = world.netns_name(descriptor.ino)
    return f"{_phrase(descriptor)}, {name}" if name else _phrase(descriptor)


ROWS: dict[str, Callable[[World, Descriptor], str]] = {
    "socket": _socket_row,
    "pipe": _pipe_row,
    "fifo": _pipe_row,
    "epoll": _epoll_row,
    "pty-master": _pty_row,
    "tty": _pty_row,
    "namespace": _namespace_row,
}


def sentence(world: World, descriptor: Descriptor) -> str:
    """Say what a descriptor is in one sentence, with its other end where it has one."""
    find = SENTENCES.get(descriptor.kind)
    return find(world, descriptor) if find is not None else _plain_sentence(descriptor)


def _plain_sentence(descriptor: Descriptor) -> str:
    return kinds.sentence(descriptor.kind, descriptor.target, descriptor.fields)


def _socket_sentence(world: World, descriptor: Descriptor) -> str:
    socket = world.socket_of(descriptor)
    if socket is None:
        return f"A socket that no interface describes (inode {descriptor.ino})."
    return socket_sentence(world, socket, descriptor.key.process)


def socket_sentence(world: World, socket: Socket, holder: ProcessKey | None = None) -> str:
    """Say what a socket is in one sentence; `holder` is the process whose descriptor is asked about."""
    if socket.listening:
        return _listener_sentence(socket)
    others = world.peers_of(socket)
    what = f"A {_kind_of_socket(socket)}"
    if others and others[0].via == "socketpair":
        what = f"One end of an unnamed {socket.type} socketpair"
    elif socket.remote and socket.family != "unix":
        what = f"{what} from {socket.local} to {socket.remote}, {socket.state}"
    elif socket.local:
        what = f"{what} bound to {socket.local}{_named_process(world, socket)}"
    return _ended(f"{what}{_other_end(world, others, holder)}")


def _ended(text: str) -> str:
    """End a sentence; one that ends in a cut name has its dots already."""
    return text if text.endswith(CUT) else f"{text}."


def _named_process(world: World, socket: Socket) -> str:
    """Say whose pid a portid is, when that is not the only process that holds the socket."""
    process = named_process(world, socket)
    if process is None or {key.pid for key in world.socket_holders(socket.ino)} == {process.pid}:
        return ""
    return f", the pid of {process.pid} {command(process, COMMAND_WIDTH)}"


def _kind_of_socket(socket: Socket) -> str:
    if socket.family == "unix":
        return f"unix {socket.type} socket"
    return f"{socket.label or socket.family or 'nameless'} socket"


def _listener_sentence(socket: Socket) -> str:
    what = f"A {_kind_of_socket(socket)} that listens on {socket.local or 'no address'}"
    if socket.backlog < 0:
        return f"{what}."
    return f"{what}; {max(socket.queue, 0)} of at most {socket.backlog} connections wait to be accepted."


def _other_end(world: World, others: tuple[Peer, ...], own: ProcessKey | None) -> str:
    if not others:
        return ""
    first = telling_holder(others, own)
    if first is None:
        note = others[0].note
        return f"; {note}" if note.startswith("no ") else f"; its other end: {note}"
    process = world.processes.get(first.process)
    name = f" {command(process, COMMAND_WIDTH)}" if process is not None else ""
    count = _holders(others)
    more = f" and {count - 1} more" if count > 1 else ""
    return f"; its other end is held by {first.pid}:{first.fd}{name}{more}"


def _pipe_sentence(world: World, descriptor: Descriptor) -> str:
    named = f" {descriptor.target}" if descriptor.kind == "fifo" else ""
    what = ENDS.get(descriptor.access, "One end, it is not known which,")
    other_end = _other_end(world, peers(world, descriptor), descriptor.key.process)
    return _ended(f"{what} of a {descriptor.kind}{named}{other_end}")


def _pty_sentence(world: World, descriptor: Descriptor) -> str:
    other_end = _other_end(world, peers(world, descriptor), descriptor.key.process)
    return _ended(f"{_plain_sentence(descriptor).removesuffix('.')}{other_end}")


def _epoll_sentence(world: World, descriptor: Descriptor) -> str:
    epoll = world.epoll_of(descriptor)
    if epoll is None:
        return "An epoll instance whose registrations could not be read."
    count = len(epoll.targets)
    shared = world.holder_count(descriptor.object)
    held = f", held by {shared} descriptors" if shared > 1 else ""
    return f"An epoll instance that watches {count} file{'' if count == 1 else 's'}{held}."


SENTENCES: dict[str, Callable[[World, Descriptor], str]] = {
    "socket": _socket_sentence,
    "pipe": _pipe_sentence,
    "fifo": _pipe_sentence,
    "epoll": _epoll_sentence,
    "pty-master": _pty_sentence,
    "tty": _pty_sentence,
}
