"""A filter asked about sockets that no descriptor leads to: they have a state and addresses, and no process.

What a filter says of processes and descriptors is neither true nor false of them. So they are listed only where all
that is asked can be answered of a socket alone, and something was: `state:time-wait port:80`, not `-user:root`.
"""

from collections.abc import Callable, Iterable

from sockscope.model.socket import Socket
from sockscope.world.describe import socket_text
from sockscope.world.filter.compiling import alternatives
from sockscope.world.filter.pattern import BETWEEN
from sockscope.world.filter.syntax import And, Expression, Field, Not, Words, keys_of
from sockscope.world.world import World

Answer = bool | None
"""None: nothing that could be said of a socket without a holder."""
AcceptsSocket = Callable[[Socket], bool]


def _port(_: World, socket: Socket) -> Iterable[int]:
    ends = () if socket.family == "unix" else (socket.local_text, socket.remote_text)
    return [int(port) for end in ends if (port := end.rpartition(":")[2]).isdecimal()]


def _queue(_: World, socket: Socket) -> Iterable[int]:
    if not socket.listening:
        return (max(socket.recv_q, socket.send_q),)
    return (socket.queue,) if socket.queue >= 0 else ()


def _path(_: World, socket: Socket) -> Iterable[str]:
    return (socket.local_text,) if socket.local_text.startswith(("/", "@")) else ()


READS: dict[str, Callable[[World, Socket], Iterable[str | int]]] = {
    "kind": lambda _, socket: ("socket", socket.label),
    "family": lambda _, socket: (socket.family,),
    "proto": lambda _, socket: (socket.protocol, socket.label),
    "state": lambda _, socket: (socket.state,),
    "port": _port,
    "local": lambda _, socket: (socket.local_text,),
    "remote": lambda _, socket: (socket.remote_text,),
    "path": _path,
    "ino": lambda _, socket: (socket.ino,),
    "netns": lambda world, socket: (world.netns_name(socket.netns), str(socket.netns)),
    "queue": _queue,
}
"""What keys of the language read of a socket alone; all others are about processes and descriptors."""
TELLING = READS.keys() - {"kind", "family", "netns"}
"""Keys of which one has to be there: what only narrows the list of a machine did not ask for sockets of nobody."""

LINGERING = "TIME_WAIT"
"""A busy server leaves thousands of these at its port: listed where a state is asked for."""


def accepts_unheld(world: World, expression: Expression) -> AcceptsSocket | None:
    """Make an expression ready to be asked of sockets that nobody holds; None where it cannot be meant for them."""
    keys = keys_of(expression)
    if not keys & TELLING:
        return None
    lingering = "state" in keys
    return lambda socket: (lingering or socket.state != LINGERING) and _answer(world, expression, socket) is True


def _answer(world: World, expression: Expression, socket: Socket) -> Answer:
    if isinstance(expression, Words):
        shown = BETWEEN.join((socket.label, socket_text(world, socket)))
        return any(value.accepts(shown) for value in expression.values)
    if isinstance(expression, Field):
        read = READS.get(expression.key)
        if read is None:
            return None
        accepts = alternatives(expression.values)
        # As of descriptors: what is not known is no value.
        return any(accepts(value) for value in read(world, socket) if value != "")
    if isinstance(expression, Not):
        inner = _answer(world, expression.inner, socket)
        return None if inner is None else not inner
    answers = {_answer(world, part, socket) for part in expression.parts}
    decided = not isinstance(expression, And)
    if decided in answers:
        return decided
    return None if None in answers else not decided
