"""Names for what was read: after all tables, which descriptors are one open file, and for whom that is certain.

Who ran between the reading of his table and the comparing is tried again, one descriptor and one short moment at a
time: of a busy process most moments find it asleep. Who never is keeps what kcmp(2) finds equal to a file that others
hold still; of anything else it is said that it was not compared.
"""

import time
from collections.abc import Collection, Iterable

from msgspec.structs import replace

from sockscope.abi.strings import Raw
from sockscope.collect.processes.stillness import Moment, Stillness
from sockscope.collect.processes.walked import Walked, Watched
from sockscope.collect.tables.classes import Slot
from sockscope.collect.tables.identity import IdentityRegistry
from sockscope.collect.tables.reading import TableReader
from sockscope.model.descriptor import Descriptor

PAUSES = (0.0, 0.0005, 0.001, 0.002)
"""Seconds before each time that a descriptor of a process that runs is tried, until it is given up for this look."""
MOST = 4096
"""Threads that are looked at in all these moments of one look, whoever is running: some 20 µs each."""
FEW = 8
"""Threads for each further descriptor that is tried in one moment: asking whether it lasts costs as much."""


class Settling:
    """Settle the identities of one look after another."""

    def __init__(self, registry: IdentityRegistry, tables: TableReader, stillness: Stillness) -> None:
        """Compare in `registry` what `tables` has read, and believe of it what `stillness` allows."""
        self._registry = registry
        self._tables = tables
        self._stillness = stillness
        self._moved: set[int] = set()
        self._left = 0

    def settle(self, found: Walked) -> set[int]:
        """Name the objects of all descriptors that were expected, and the epolls' fdinfo after them.

        A process that has moved meanwhile is walked again at the next look, whatever its activity will be.

        Returns:
            Processes whose descriptors were settled before, and hold no longer: to be walked and settled again.
        """
        by_pid = {key.pid: one for key, one in found.watched.items()}
        self._moved = set()
        self._stillness.begin({pid: one.activity for pid, one in by_pid.items() if one.activity is not None})
        named = self._registry.settle(self.who_moved)
        self._try(found, by_pid, [slot for slot, name in named.items() if not name])
        for slot in named:
            self._name(slot, named[slot] or self._registry.object(slot), by_pid)
        for pid in self._moved & by_pid.keys():
            activity = by_pid[pid].activity
            if activity is not None:
                by_pid[pid].activity = activity._replace(running=True)
        self._sort_texts(found, by_pid)
        return self._registry.displaced & by_pid.keys()

    def give_up(self, pids: Collection[int], found: Walked) -> None:
        """Say of what some processes have, and only kcmp tells, that it was not compared, unless it was."""
        for key in [key for key in found.watched if key.pid in pids]:
            before = found.watched[key]
            table = {fd: self._given_up(one) for fd, one in before.table.items()}
            found.watched[key] = replace(before, table=table)
            if key not in found.fresh:
                found.fresh.append(key)

    def _given_up(self, descriptor: Descriptor) -> Descriptor:
        slot = (descriptor.pid, descriptor.fd)
        return (
            self._tables.settled(descriptor, self._registry.object(slot))
            if descriptor.identified == "kcmp"
            else descriptor
        )

    def who_moved(self, pids: Collection[int]) -> set[int]:
        """Return those of some processes that may have changed their tables since these were read."""
        moved = self._stillness.moved(pids)
        self._moved |= moved
        return moved

    def _name(self, slot: Slot, object_: str, by_pid: dict[int, Watched]) -> None:
        pid, fd = slot
        descriptor = by_pid[pid].table.get(fd) if pid in by_pid else None
        if descriptor is None:
            # Its process has ended while it was looked at.
            self._registry.forget([slot])
            return
        settled = self._tables.settled(descriptor, object_)
        if settled is not descriptor:
            by_pid[pid].table[fd] = settled

    def _sort_texts(self, found: Walked, by_pid: dict[int, Watched]) -> None:
        """Give fdinfo to epoll instances; of one that others hold too, not what was read of a process that ran."""
        for slot, text in found.texts.items():
            pid, fd = slot
            descriptor = by_pid[pid].table.get(fd) if pid in by_pid else None
            if descriptor is not None and not (pid in self._moved and self._registry.shared(slot)):
                found.epolls[descriptor.object] = text

    def _try(self, found: Walked, by_pid: dict[int, Watched], slots: Iterable[Slot]) -> None:
        waiting: dict[int, list[Slot]] = {}
        for slot in slots:
            if slot not in self._registry.denied and slot[0] in by_pid:
                waiting.setdefault(slot[0], []).append(slot)
        self._moved |= waiting.keys()
        self._left = MOST
        for patience in PAUSES:
            if any(waiting.values()):
                time.sleep(patience)
            for pid, its in waiting.items():
                waiting[pid] = self._try_process(its, found, by_pid[pid])
        for its in waiting.values():
            for slot in its:
                self._try_running(slot)

    def _try_process(self, slots: list[Slot], found: Walked, watched: Watched) -> list[Slot]:
        """Look at descriptors of one process, a few at each moment in which it sleeps; return those that remain."""
        remaining: list[Slot] = []
        moment: Moment | None = None
        while slots:
            moment = moment or self._stillness.moment(slots[0][0])
            if moment is None or self._left < 0:
                break
            few = 1 + moment.threads // FEW
            tried, slots = slots[:few], slots[few:]
            self._left -= moment.threads + len(tried)
            left = self._try_some(tried, moment, found, watched)
            remaining += left
            if left:
                moment = None
        return remaining + slots

    def _try_some(self, slots: list[Slot], moment: Moment, found: Walked, watched: Watched) -> list[Slot]:
        texts = {slot: self._attempt(slot, watched) for slot in slots}
        if self._stillness.lasts(moment):
            found.texts.update({slot: text for slot, text in texts.items() if text})
            return [slot for slot, text in texts.items() if text is None]
        for slot in slots:
            self._registry.leave(slot)
        return slots

    def _attempt(self, slot: Slot, watched: Watched) -> Raw | None:
        """Place a descriptor if it is what it was; its fdinfo if it is an epoll, None where it was not placed."""
        descriptor = watched.table.get(slot[1])
        text = self._tables.again(descriptor) if descriptor is not None else None
        return text if text is not None and self._registry.attempt(slot, self.who_moved) else None

    def _try_running(self, slot: Slot) -> None:
        """Keep what a descriptor of a running process is equal to: that was so when the kernel was asked."""
        self._left -= 1
        if self._left < 0:
            return
        if self._registry.attempt(slot, self.who_moved) and not self._registry.shared(slot):
            self._registry.leave(slot)
