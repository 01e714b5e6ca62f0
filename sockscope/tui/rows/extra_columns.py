"""Columns that a user may add between the kind of a row and its text."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from msgspec import Struct

from sockscope.abi.open_flags import flag_names
from sockscope.kinds.registry import EVERYDAY
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process
from sockscope.tui.rows.scope import Scope
from sockscope.tui.widgets.ink import Span, kind_role
from sockscope.world.describe import kind_label
from sockscope.world.pace import cpu_percent, growth
from sockscope.world.sums import cpu_of_all, growth_of_all
from sockscope.world.waits import wait_words
from sockscope.world.world import World

KINDS = "kinds"
"""Counts per kind on folded rows; has a place of its own, because no descriptor has any."""
KINDS_WIDTH = 26
KINDS_FROM = 92
"""Cells from which the list shows them without being asked."""
MAX_COUNTED = 5000
MAX_MEMBERS = 200
MINUTE, HOUR = 60, 3600
SHORT_FLAGS = {
    "O_APPEND": "ap",
    "O_CLOEXEC": "ce",
    "O_DIRECT": "di",
    "O_NONBLOCK": "nb",
    "O_PATH": "pa",
    "O_SYNC": "sy",
}
"""What the column has room for."""


class Extra(Struct, frozen=True):
    """One column."""

    name: str
    key: str
    """Letter in the menu."""
    width: int
    about: str
    descriptor: Callable[[Scope, Descriptor], str] = lambda _scope, _descriptor: ""
    process: Callable[[Scope, Process], str] = lambda _scope, _process: ""
    branch: Callable[[Scope, Sequence[ProcessKey]], str] = lambda _scope, _processes: ""
    """What a row says of all the processes below it."""


def _queue(scope: Scope, descriptor: Descriptor) -> str:
    socket = scope.world.socket_of(descriptor)
    if socket is None:
        return ""
    if socket.listening:
        return f"{max(socket.queue, 0)}/{socket.backlog}" if socket.backlog >= 0 else ""
    return f"{socket.recv_q}/{socket.send_q}" if socket.recv_q or socket.send_q else ""


def _netns(scope: Scope, inode: int) -> str:
    return scope.world.netns_name(inode) or (str(inode) if inode > 0 else "")


def _descriptor_netns(scope: Scope, descriptor: Descriptor) -> str:
    socket = scope.world.socket_of(descriptor)
    return "" if socket is None or not socket.netns else _netns(scope, socket.netns)


def _flags(_: Scope, descriptor: Descriptor) -> str:
    names = flag_names(descriptor.flags)
    return " ".join(short for name, short in SHORT_FLAGS.items() if name in names)


def _age(scope: Scope, descriptor: Descriptor) -> str:
    seen = scope.ages.of(descriptor.key)
    if not seen:
        return ""
    seconds = max(0, int(scope.world.time - seen))
    if seconds < MINUTE:
        return f"{seconds}s"
    return f"{seconds // MINUTE}m" if seconds < HOUR else f"{seconds // HOUR}h"


def _percent(share: int | None) -> str:
    return "" if share is None else f"{share}%"


def _signed(change: int | None) -> str:
    return "" if change is None else f"{change:+,}" if change else "0"


EXTRAS: dict[str, Extra] = {
    extra.name: extra
    for extra in (
        Extra("ino", "i", 10, "inode", lambda _, one: "" if one.inode is None else str(one.inode)),
        Extra("queue", "q", 9, "connections waiting, or bytes in and out", _queue),
        Extra("holders", "h", 7, "descriptors on the same object",
              lambda scope, one: "?" if one.unproven else str(scope.world.holder_count(one.object))),
        Extra("flags", "f", 8, "open flags: ce close on exec, nb nonblocking …", _flags),
        Extra("age", "a", 5, "time since it was first seen", _age),
        Extra("netns", "n", 12, "network namespace", _descriptor_netns, lambda scope, one: _netns(scope, one.netns)),
        Extra("user", "u", 9, "owner of the process", process=lambda _, one: one.user),
        Extra("ppid", "p", 8, "parent of the process", process=lambda _, one: str(one.ppid)),
        Extra("waits", "w", 24, "what its threads wait in",
              process=lambda scope, one: wait_words(scope.world.waits.get(one.key))),
        Extra("cpu", "c", 5, "processor time of the last interval, in percent of one processor",
              process=lambda scope, one: _percent(cpu_percent(scope.world, one.key)),
              branch=lambda scope, keys: _percent(cpu_of_all(scope.world, keys))),
        Extra("growth", "g", 8, "by how many descriptors it grows a minute",
              process=lambda scope, one: _signed(growth(scope.world, one.key)),
              branch=lambda scope, keys: _signed(growth_of_all(scope.world, keys))),
        Extra("tty", "t", 8, "terminal of the process", process=lambda _, one: one.tty),
    )
}  # fmt: skip
NAMES = ("access", "kind", KINDS, *EXTRAS)
"""What a configuration may name; the first two are always there."""


def extra_spans(
    scope: Scope,
    names: Iterable[str],
    *,
    descriptor: Descriptor | None = None,
    process: Process | None = None,
    branch: Sequence[ProcessKey] = (),
) -> list[Span]:
    """Write the chosen columns for a descriptor, a process or a branch of some, or leave their room blank."""
    spans: list[Span] = []
    for name in names:
        extra = EXTRAS[name]
        text = ""
        if descriptor is not None:
            text = extra.descriptor(scope, descriptor)
        elif process is not None:
            text = extra.process(scope, process)
        elif branch:
            text = extra.branch(scope, branch)
        spans.append((f"{text[: extra.width]:<{extra.width}} ", "dim"))
    return spans


class KindCounts:
    """How many descriptors of each kind a process has; counted once until its table changes."""

    def __init__(self, world: World) -> None:
        """Count in `world`."""
        self._world = world
        self._counts: dict[ProcessKey, Counter[str]] = {}

    def forget(self, processes: Iterable[ProcessKey]) -> None:
        """Count some processes again when they are asked for."""
        for key in processes:
            self._counts.pop(key, None)

    def clear(self) -> None:
        """Count everything again."""
        self._counts.clear()

    def spans(self, processes: Iterable[ProcessKey]) -> list[Span]:
        """Write the kinds that some processes have: what connects them first, then the commonest; as many as fit."""
        counts: Counter[str] = Counter()
        for key in islice(processes, MAX_MEMBERS):
            counts.update(self._of(key))
        spans: list[Span] = []
        left = KINDS_WIDTH
        for label, count in sorted(counts.items(), key=lambda item: (item[0] in EVERYDAY, -item[1], item[0])):
            word, number = f"{label} ", f"{count} "
            if len(word) + len(number) > left:
                continue
            left -= len(word) + len(number)
            spans += [(word, kind_role(label)), (number, "dim")]
        return [*spans, (" " * left, "")]

    def _of(self, key: ProcessKey) -> Counter[str]:
        counts = self._counts.get(key)
        if counts is None:
            table = islice(self._world.tables.get(key, {}).values(), MAX_COUNTED)
            counts = self._counts[key] = Counter(kind_label(self._world, one) for one in table)
        return counts
