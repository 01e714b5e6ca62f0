"""Which processes share one descriptor table (`clone(CLONE_FILES)`): what one of them opens, the others have open."""

from collections.abc import Collection, Iterable

from sockscope.collect.tables.classes import Slot
from sockscope.collect.tables.identity import IdentityRegistry
from sockscope.kernel import kcmp

_TABLE = "table"


class TableSharers:
    """Keep the tables of all processes sorted, so that a new process finds those it shares its own with.

    Whose table it is changes only for a process that has others or several threads on it (`unshare(2)`, `execve(2)`),
    so nobody else is asked twice.
    """

    def __init__(self) -> None:
        """Start without any process."""
        self._tables = IdentityRegistry(_compare)
        self.lenders: dict[int, int] = {}
        """Of those who share a table all but the one of the lowest pid, with this pid."""

    @property
    def comparisons(self) -> int:
        """Calls of kcmp made so far."""
        return self._tables.comparisons

    def refresh(self, walked: Collection[tuple[int, int]], ended: Iterable[int]) -> None:
        """Find the sharers of processes that are new or have run.

        Args:
            walked: pid and number of threads of those whose tables were walked.
            ended: those that are gone, or may be asked about no more.
        """
        for pid in ended:
            self._tables.forget_process(pid)
        for pid, threads in walked:
            if threads > 1 or len(self.of(pid)) > 1:
                self._tables.doubt(pid)
            self._tables.expect(_TABLE, (pid, 0))
        self._tables.settle(lambda _: ())
        self._name_lenders({*self.lenders, *self.lenders.values(), *(pid for pid, _ in walked)})

    def _name_lenders(self, pids: Iterable[int]) -> None:
        """Say whose table it is; `pids` are all that may have come to share one, or have shared one so far."""
        lenders: dict[int, int] = {}
        seen: set[int] = set()
        for pid in pids:
            if pid not in seen and self.several(pid):
                sharers = self.of(pid)
                seen.update(sharers)
                lender = min(sharers)
                lenders.update((one, lender) for one in sharers if one != lender)
        self.lenders = lenders

    def of(self, pid: int) -> Collection[int]:
        """List who shares the table of a process, itself included."""
        return [one for one, _ in self._tables.fellows((pid, 0))] or (pid,)

    def several(self, pid: int) -> bool:
        """Tell whether others share the table of a process."""
        return self._tables.shared((pid, 0))


def _compare(one: Slot, other: Slot) -> int:
    return kcmp.compare_tables(one[0], other[0])
