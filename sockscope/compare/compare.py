"""Two sides, told from each other.

Processes are told first, then what each has open: a service that was started anew is one change, and not the end of
all its descriptors and the beginning of as many.
"""

from collections import Counter
from collections.abc import Iterator

from sockscope.abi.strings import Clean
from sockscope.abi.text import ours
from sockscope.compare.entry import Change, Comparison, Count, Entry, Listener
from sockscope.compare.fields import LASTING, process_differences
from sockscope.compare.folding import Folding, OfProcess, fold_processes, ordered
from sockscope.compare.index import Index
from sockscope.compare.meaning import socket_meaning
from sockscope.compare.pairing import Pairs, pair_processes, same_boot
from sockscope.compare.side import SeenProcess, Side
from sockscope.compare.tables import IN_ONE_LOOK, Held, compare_tables, held, listeners_of
from sockscope.model.confidence import Confidence

_BY_START = ours("the same pid and start time")
_BY_COMMAND = ours("the same command, of the same user or service")


def compare(before: Side, after: Side) -> Comparison:
    """Say what is another on the side `after` than on the side `before`.

    Takes n log n of what is on them. The order of the entries follows from what they say alone.
    """
    return _Work(Index(before), Index(after)).result()


class _Work:
    """One comparison while it is made."""

    def __init__(self, before: Index, after: Index) -> None:
        self._before, self._after = before, after
        self._boot = same_boot(before.side, after.side)
        self._sure: Confidence = "proven" if self._boot else "inferred"
        self._maps = before.maps and after.maps
        self._folding = Folding()
        self._processes, self._descriptors = Count(), Count()
        self._told: list[OfProcess] = []
        self._not_compared = 0

    def result(self) -> Comparison:
        """Compare, and say what was found."""
        pairs = pair_processes(self._before, self._after)
        for old, new in pairs.same:
            self._stayed(old, new)
        for old, new in pairs.replaced:
            self._replaced(old, new)
        self._alone(pairs)
        entries = [*fold_processes(self._told), *self._folding.entries(), *self._unheld()]
        return Comparison(ordered(entries), self._processes, self._descriptors, self._boot, self._not_compared)

    def _stayed(self, old: SeenProcess, new: SeenProcess) -> None:
        found = process_differences(old, new)
        if found:
            self._tell(OfProcess("changed", old, new, found, (), 0, self._sure, _BY_START))
        else:
            self._processes.same += 1
        if not self._as_it_was(old, new):
            self._compare_tables(old, new, *self._held(old, new), one_process=True)

    def _as_it_was(self, old: SeenProcess, new: SeenProcess) -> bool:
        """Count the descriptors of a process of which none is another, as of most: what they are for is not asked."""
        before, after = self._before.table(old), self._after.table(new)
        if old.denied or new.denied or old.unread or new.unread or before != after:
            return False
        if any(self._before.socket_of(one) != self._after.socket_of(one) for one in before.values()):
            return False
        self._descriptors.same += len(before) if self._maps else sum(fd >= 0 for fd in before)
        return True

    def _replaced(self, old: SeenProcess, new: SeenProcess) -> None:
        found = process_differences(old, new, LASTING)
        tables = self._held(old, new)
        before, after = listeners_of(tables[0]), listeners_of(tables[1])
        both = tuple(
            Listener(protocol, local, bool(self._boot and one.cookie and one.cookie == after[protocol, local].cookie))
            for (protocol, local), one in sorted(before.items())
            if (protocol, local) in after
        )
        self._tell(OfProcess("replaced", old, new, found, both, 0, "inferred", _BY_COMMAND))
        self._compare_tables(old, new, *tables, one_process=False)

    def _alone(self, pairs: Pairs) -> None:
        sides: tuple[tuple[Change, list[SeenProcess], Index], ...] = (
            ("gone", pairs.gone, self._before),
            ("new", pairs.new, self._after),
        )
        for change, alone, index in sides:
            for one in alone:
                found = held(index, one, maps=False)
                where = tuple(Listener(*known, same_socket=False) for known in sorted(listeners_of(found)))
                old, new = (one, None) if change == "gone" else (None, one)
                self._tell(OfProcess(change, old, new, (), where, len(found), "inferred", IN_ONE_LOOK))

    def _tell(self, told: OfProcess) -> None:
        self._processes.add(told.change, 1)
        self._told.append(told)

    def _held(self, old: SeenProcess, new: SeenProcess) -> tuple[list[Held], list[Held]]:
        return held(self._before, old, maps=self._maps), held(self._after, new, maps=self._maps)

    def _compare_tables(
        self, old: SeenProcess, new: SeenProcess, before: list[Held], after: list[Held], *, one_process: bool
    ) -> None:
        if old.denied or new.denied:
            self._not_compared += bool(before or after or old.denied != new.denied)
            return
        complete = not old.unread, not new.unread
        self._not_compared += not all(complete)
        found = compare_tables(before, after, one_process=one_process, complete=complete, proves=bool(self._boot))
        self._descriptors.same += found.same
        for one in found.told:
            self._descriptors.add(one.change, 1)
        self._folding.take(old, new, found.told, (found.before, found.after))

    def _unheld(self) -> Iterator[Entry]:
        """Count the sockets that nobody is seen to hold, by purpose: each for itself, they come and go all the time."""
        if self._before.side.selected or self._after.side.selected:
            return
        counts = (_purposes(self._before), _purposes(self._after))
        for words in counts[0] | counts[1]:
            before, after = counts[0][words], counts[1][words]
            if before != after:
                yield Entry(
                    change="new" if after > before else "gone",
                    subject="socket",
                    comm=ours(""),
                    command=(),
                    pids_before=(),
                    pids_after=(),
                    meaning=words,
                    count=abs(after - before),
                    before=before,
                    after=after,
                    evidence=IN_ONE_LOOK,
                )


def _purposes(index: Index) -> Counter[Clean]:
    return Counter(
        ours("{} {}", one.state, socket_meaning(index, one)) if one.state else socket_meaning(index, one)
        for one in index.unheld
    )
