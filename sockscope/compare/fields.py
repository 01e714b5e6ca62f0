"""What of a process or descriptor that stayed is another.

Left out is what moves while nothing happens: what waits in queues, what threads wait for, whether one runs just now.
"""

from collections.abc import Callable, Iterator

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, ours
from sockscope.compare.entry import Difference
from sockscope.compare.side import SeenDescriptor, SeenProcess, SeenSocket

_HALTED = {"T": ours("stopped"), "t": ours("traced"), "Z": ours("zombie"), "X": ours("dead")}
_GOES_ON = ours("running or waiting")
_SPACE, _COMMA = ours(" "), ours(",")


def _number(number: int | None) -> Clean:
    return NOTHING if number is None else ours("{}", number)


_OF_PROCESS: dict[str, Callable[[SeenProcess], Clean]] = {
    "comm": lambda one: one.comm,
    "cmdline": lambda one: _SPACE.join(one.cmdline),
    "user": lambda one: one.user or _number(one.uid),
    "state": lambda one: _HALTED.get(one.state, _GOES_ON),
    "ppid": lambda one: _number(one.ppid),
    "pgid": lambda one: _number(one.pgid),
    "sid": lambda one: _number(one.sid),
    "tty": lambda one: one.tty,
    "netns": lambda one: _number(one.netns),
    "cgroup": lambda one: one.cgroup,
}
LASTING = ("comm", "cmdline", "user", "netns", "cgroup")
"""What is compared of a process that took another's place: all else is its own anyway."""
_WITHOUT = frozenset({"tty"})
"""Fields of which "" says something: there is none. Of all others it says that it is not known."""
_OF_SOCKET: dict[str, Callable[[SeenSocket], Clean]] = {
    "state": lambda one: one.state,
    "local": lambda one: one.local,
    "remote": lambda one: one.remote,
    "backlog": lambda one: _number(one.backlog),
    "shutdown": lambda one: _COMMA.join(one.shutdown) or ours("neither"),
    "drops": lambda one: _number(one.drops),
}
_MAY_COME = frozenset({"local", "remote"})
"""Fields that a socket gets later: "" on one side is that it had none."""


def process_differences(
    before: SeenProcess, after: SeenProcess, names: tuple[str, ...] = tuple(_OF_PROCESS)
) -> tuple[Difference, ...]:
    """Say what is another of a process."""
    found = ((name, _OF_PROCESS[name](before), _OF_PROCESS[name](after)) for name in names)
    return tuple(Difference(*one) for one in found if one[1] != one[2] and (one[0] in _WITHOUT or (one[1] and one[2])))


def descriptor_differences(
    before: SeenDescriptor,
    after: SeenDescriptor,
    sockets: tuple[SeenSocket | None, SeenSocket | None],
) -> tuple[Difference, ...]:
    """Say what is another of a descriptor that leads to what it led to."""
    return tuple(_of_descriptor(before, after, sockets))


def _of_descriptor(
    before: SeenDescriptor,
    after: SeenDescriptor,
    sockets: tuple[SeenSocket | None, SeenSocket | None],
) -> Iterator[Difference]:
    if before.fd != after.fd:
        yield Difference("fd", _number(before.fd), _number(after.fd))
    if before.kind != "socket" and before.target != after.target:
        yield Difference("target", before.target, after.target)
    if before.flags and after.flags and before.flags != after.flags:
        yield Difference("flags", _SPACE.join(before.flags), _SPACE.join(after.flags))
    old, new = sockets
    if old is None or new is None or not (old.source and new.source):
        return
    for name, read in _OF_SOCKET.items():
        was, now = read(old), read(new)
        if was != now and (name in _MAY_COME or (was and now)):
            yield Difference(name, was, now)
