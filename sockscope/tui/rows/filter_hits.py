"""What a filter lets through: descriptors and processes, found slice by slice so that no key waits for them."""

from collections.abc import Iterable, Iterator

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.world.changes import Changes
from sockscope.world.filter.compiling import compile_filter
from sockscope.world.filter.parsing import parse
from sockscope.world.filter.syntax import And, Expression, Words
from sockscope.world.filter.unheld import accepts_unheld
from sockscope.world.filter.values import Text
from sockscope.world.world import World

SLICE = 256
"""Descriptors that are looked at between two chances for a key."""


class FilterHits:
    """One filter over one world, with what it let through when it was last asked."""

    def __init__(self, world: World, text: str) -> None:
        """Read a filter; nothing is let through before `ask`.

        Raises:
            FilterError: a word of it makes no sense.
        """
        self.text = text
        self.expression = parse(text)
        self.processes: set[ProcessKey] = set()
        """Processes that are wanted for themselves."""
        self.fds: dict[ProcessKey, frozenset[int]] = {}
        """Numbers of the descriptors that are wanted; never an empty set."""
        self.objects: set[str] = set()
        """Objects that those descriptors lead to."""
        self._world = world
        self._filter = compile_filter(world, self.expression)
        self.accepts_unheld = accepts_unheld(world, self.expression)
        """Which sockets are wanted that no descriptor leads to, None where none can be."""

    @property
    def empty(self) -> bool:
        """Whether the filter lets everything through."""
        return self._filter.empty

    @property
    def count(self) -> int:
        """Descriptors that are let through."""
        return sum(map(len, self.fds.values()))

    def lists(self, key: ProcessKey) -> bool:
        """Whether a process has a row, for itself or for one of its descriptors."""
        return key in self.fds or key in self.processes

    def has(self, key: DescriptorKey) -> bool:
        """Whether a descriptor is let through."""
        return key.fd in self.fds.get(key.process, ())

    def finds(self, key: object) -> bool:
        """Whether a row is there for itself, and not for one below it."""
        return key in self.processes or (isinstance(key, DescriptorKey) and self.has(key))

    def ask(self, among: "FilterHits | None" = None) -> Iterator[None]:
        """Look at everything, or only at what other hits let through; yields where it may be interrupted.

        What was let through before stands until the end.
        """
        processes: set[ProcessKey] = set()
        fds: dict[ProcessKey, frozenset[int]] = {}
        objects: set[str] = set()
        looked = 0
        for key in tuple(self._world.processes if among is None else among.processes | among.fds.keys()):
            found, wanted = self._look(key, None if among is None else among.fds.get(key, frozenset()))
            if found:
                fds[key] = found
                objects |= self._objects(key, found)
            if wanted:
                processes.add(key)
            looked += 1 + len(self._world.tables.get(key, ()))
            if looked >= SLICE:
                looked = 0
                yield
        self.processes, self.fds, self.objects = processes, fds, objects

    def agrees_with(self, other: "FilterHits") -> bool:
        """Whether both let the same through."""
        if self.accepts_unheld is not None or other.accepts_unheld is not None:
            return False  # what they accept of sockets that nobody holds is known only when it is listed
        return (self.processes, self.fds) == (other.processes, other.fds)

    def ask_again(self, keys: Iterable[ProcessKey]) -> bool:
        """Look at some processes again; return whether anything came out differently."""
        differs = False
        for key in keys:
            found, wanted = self._look(key, None)
            if found != self.fds.get(key, frozenset()):
                differs = True
                self.fds[key] = found
                if not found:
                    del self.fds[key]
            if wanted != (key in self.processes):
                differs = True
                (self.processes.add if wanted else self.processes.discard)(key)
        # Where a number leads may have changed although it is wanted as before.
        self.objects = set().union(*(self._objects(key, found) for key, found in self.fds.items()))
        return differs

    def _objects(self, key: ProcessKey, fds: Iterable[int]) -> set[str]:
        table = self._world.tables.get(key, {})
        return {table[fd].object for fd in fds if fd in table}

    def _look(self, key: ProcessKey, among: frozenset[int] | None) -> tuple[frozenset[int], bool]:
        process = self._world.processes.get(key)
        if process is None:
            return frozenset(), False
        accepts = self._filter.accepts
        table = self._world.tables.get(key, {})
        candidates = table.items() if among is None else [(fd, table[fd]) for fd in among if fd in table]
        found = frozenset(fd for fd, descriptor in candidates if accepts(process, descriptor))
        return found, self._filter.accepts_process(process)


def touched(world: World, changes: Changes) -> set[ProcessKey]:
    """Return the processes of which a frame may have changed what a filter says."""
    keys = changes.processes_new | changes.processes_changed | changes.processes_ended | changes.waits | changes.found
    for some in (changes.descriptors_new, changes.descriptors_changed, changes.descriptors_closed):
        keys.update(key.process for key in some)
    for key in changes.sockets:
        socket = world.sockets.get(key)
        if socket is not None:
            keys.update(holder.process for holder in world.socket_holders(socket.ino))
    return keys


def narrows(new: Expression, old: Expression) -> bool:
    """Whether everything that `new` accepts is accepted by `old`: a word that became longer, or another word."""
    before, after = _parts(old), _parts(new)
    return len(after) >= len(before) and all(map(_narrows_part, after, before))


def _parts(expression: Expression) -> tuple[Expression, ...]:
    return expression.parts if isinstance(expression, And) else (expression,)


def _narrows_part(new: Expression, old: Expression) -> bool:
    if new == old:
        return True
    if not (isinstance(new, Words) and isinstance(old, Words) and len(new.values) == len(old.values) == 1):
        return False
    longer, shorter = new.values[0], old.values[0]
    return isinstance(longer, Text) and isinstance(shorter, Text) and shorter.folded in longer.folded
