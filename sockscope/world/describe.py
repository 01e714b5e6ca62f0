"""What a descriptor is, in a row and in one sentence."""

from collections.abc import Callable

import msgspec

from sockscope.abi.open_flags import flag_names
from sockscope.abi.text import CUT, cut
from sockscope.kinds.registry import phrase
from sockscope.kinds.registry import sentence as plain_sentence
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.socket import Socket
from sockscope.world.index.sockets import ADDRESSED
from sockscope.world.relations.answers import Peer, telling_holder
from sockscope.world.relations.netlink_peers import named_process
from sockscope.world.relations.peers import peers
from sockscope.world.relations.pipe_peers import other_end_in_short
from sockscope.world.relations.pty_peers import controlling
from sockscope.world.world import World

__all__ = ["kind_label", "row_text", "sentence", "socket_sentence", "socket_text"]

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
    return phrase(descriptor.kind, descriptor.target, descriptor.fields)


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
    dropped = f"  {socket.drops:,} dropped" if socket.drops > 0 else ""
    return (_spaced(state, _addresses(socket)) or socket.protocol) + _queue(socket) + dropped


def _unix_row(world: World, socket: Socket, holder: ProcessKey | None) -> str:
    state = socket.state if socket.listening else ""
    return _spaced(socket.type, state, socket.local_text, _unix_ends(world, socket, holder)) + _queue(socket)


def _unix_ends(world: World, socket: Socket, holder: ProcessKey | None) -> str:
    senders = world.socket_index.naming.count(socket.ino)
    if senders > MANY:
        return f"⇄ {senders} sockets"
    return "" if socket.listening else _ends(world, world.peers_of(socket), holder)


def _addresses(socket: Socket) -> str:
    if socket.listening or not socket.remote_text:
        return socket.local_text
    return f"{socket.local_text} → {socket.remote_text}"


def _queue(socket: Socket) -> str:
    return f"  {max(socket.queue, 0)}/{socket.backlog}" if socket.listening and socket.backlog >= 0 else ""


def _spaced(*words: str) -> str:
    return " ".join(word for word in words if word)


def _ends(world: World, others: tuple[Peer, ...], own: ProcessKey | None) -> str:
    """Name the other ends: a holder, one in another process than `own` if there is any, and how many more."""
    if not others:
        return ""
    first = telling_holder(others, own)
    via = " (socketpair)" if others[0].via == "socketpair" else ""
    if first is not None:
        return f"{_ended_by(first, _holders(world, others))}{via}"
    ino = f"ino {others[0].ino}{via} " if others[0].ino else ""
    return f"⇄ {ino}{others[0].note}".rstrip()


def _ended_by(first: DescriptorKey, count: int) -> str:
    more = f" +{count - 1}" if count > 1 else ""
    return f"⇄ {first.slot}{more}"


def _holders(world: World, others: tuple[Peer, ...]) -> int:
    return sum(world.count_of(peer.object, peer.holders) for peer in others)


def _pipe_row(world: World, descriptor: Descriptor) -> str:
    path = descriptor.target if descriptor.kind == "fifo" else ""
    if descriptor.named_only:
        return _spaced(path and f"{path},", "no end: by name only (O_PATH)")
    first, count = other_end_in_short(world, descriptor)
    alone = "" if descriptor.access == "rw" else "⇄ nobody that could be read"
    other = alone if first is None else _ended_by(first, count)
    return _spaced(BOTH_ENDS.get(descriptor.access, ""), path, other)


def _pty_row(world: World, descriptor: Descriptor) -> str:
    terminal = controlling(world, descriptor)
    stands_for = f"= {terminal}" if terminal else ""
    return _spaced(_phrase(descriptor), stands_for, _ends(world, peers(world, descriptor), descriptor.key.process))


def _pidfd_row(world: World, descriptor: Descriptor) -> str:
    return _phrase(_with_end(world, descriptor))


def _with_end(world: World, descriptor: Descriptor) -> Descriptor:
    """Add to a pidfd that its process has ended, where only its number is left."""
    pid = (descriptor.fields or {}).get("pid")
    process = world.process(pid) if isinstance(pid, int) and pid > 0 else None
    if process is None or not process.ended:
        return descriptor
    return msgspec.structs.replace(descriptor, fields={**(descriptor.fields or {}), "ended": True})


def _epoll_row(world: World, descriptor: Descriptor) -> str:
    epoll = world.epoll_of(descriptor)
    if epoll is None:
        return "registrations not read"
    stale = world.epoll_index.stale(epoll.object)
    return f"watches {len(epoll.targets) or 'nothing'}" + (f" · {stale} stale" if stale else "")


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
    "pidfd": _pidfd_row,
}


def sentence(world: World, descriptor: Descriptor) -> str:
    """Say what a descriptor is in one sentence, with its other end where it has one."""
    find = SENTENCES.get(descriptor.kind)
    return find(world, descriptor) if find is not None else _plain_sentence(descriptor)


def _plain_sentence(descriptor: Descriptor) -> str:
    fields = descriptor.fields or {}
    if descriptor.flags >= 0:
        fields = {"flags": flag_names(descriptor.flags), **fields}
    return plain_sentence(descriptor.kind, descriptor.target, fields)


def _pidfd_sentence(world: World, descriptor: Descriptor) -> str:
    return _plain_sentence(_with_end(world, descriptor))


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
    elif socket.remote_text and socket.family != "unix":
        what = f"{what} from {socket.local_text} to {socket.remote_text}, {socket.state}"
    elif socket.local_text:
        what = f"{what} bound to {socket.local_text}{_named_process(world, socket)}"
    return _ended(f"{what}{_other_end(world, others, holder)}")


def _ended(text: str) -> str:
    """End a sentence; one that ends in a cut name has its dots already."""
    return text if text.endswith(CUT) else f"{text}."


def _named_process(world: World, socket: Socket) -> str:
    """Say whose pid a portid is, when that is not the only process that holds the socket."""
    process = named_process(world, socket)
    if process is None or {key.pid for key in world.socket_holders(socket.ino)} == {process.pid}:
        return ""
    return f", the pid of {process.pid} {cut(process.title, COMMAND_WIDTH)}"


def _kind_of_socket(socket: Socket) -> str:
    if socket.family == "unix":
        return _spaced("unix", socket.type, "socket")
    return f"{socket.label or socket.family or 'nameless'} socket"


def _listener_sentence(socket: Socket) -> str:
    what = f"A {_kind_of_socket(socket)} that listens on {socket.local_text or 'no address'}"
    if socket.backlog < 0:
        return f"{what}."
    return f"{what}; connections that wait to be accepted: {queue_words(socket)}."


def queue_words(socket: Socket) -> str:
    """How many connections wait at a listener, and how many may: one more than its backlog.

    The kernel turns away only when more than the backlog wait already (include/net/sock.h, `sk_acceptq_is_full`;
    net/unix/af_unix.c, `unix_recvq_full`).
    """
    return f"{max(socket.queue, 0)}, limit {socket.backlog} + 1"


def _other_end(world: World, others: tuple[Peer, ...], own: ProcessKey | None) -> str:
    if not others:
        return ""
    first = telling_holder(others, own)
    if first is None:
        note = others[0].note
        return f"; {note}" if note.startswith(("no ", "it ", "the other end ")) else f"; its other end: {note}"
    process = world.processes.get(first.process)
    name = f" {cut(process.title, COMMAND_WIDTH)}" if process is not None else ""
    count = _holders(world, others)
    more = f" and {count - 1} more" if count > 1 else ""
    return f"; its other end is held by {first.slot}{name}{more}"


def _pipe_sentence(world: World, descriptor: Descriptor) -> str:
    named = f" {descriptor.target}" if descriptor.kind == "fifo" else ""
    if descriptor.named_only:
        return f"The {descriptor.kind}{named} by name only (O_PATH): no end of it is held."
    what = ENDS.get(descriptor.access, "One end, it is not known which,")
    other_end = _other_end(world, peers(world, descriptor), descriptor.key.process)
    return _ended(f"{what} of a {descriptor.kind}{named}{other_end}")


def _pty_sentence(world: World, descriptor: Descriptor) -> str:
    terminal = controlling(world, descriptor)
    stands_for = f", which stands for {terminal}, the controlling terminal of this process" if terminal else ""
    other_end = _other_end(world, peers(world, descriptor), descriptor.key.process)
    return _ended(f"{_plain_sentence(descriptor).removesuffix('.')}{stands_for}{other_end}")


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
    "pidfd": _pidfd_sentence,
}
