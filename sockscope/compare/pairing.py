"""Who on one side is whom on the other: by identity first, then by what they are for."""

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple, TypeVar

from sockscope.compare.index import Index
from sockscope.compare.side import SeenProcess, Side

_One = TypeVar("_One")
_SERVICE = ".service"


class Pairs(NamedTuple):
    """Processes of two sides, told from each other."""

    same: list[tuple[SeenProcess, SeenProcess]]
    """One and the same process."""
    replaced: list[tuple[SeenProcess, SeenProcess]]
    """Another process that is for the same."""
    gone: list[SeenProcess]
    new: list[SeenProcess]


def pair(
    before: Iterable[_One], after: Iterable[_One], key: Callable[[_One], Hashable | None], *, lone: bool = False
) -> tuple[list[tuple[_One, _One]], list[_One], list[_One]]:
    """Pair those of equal key, in their order; return the pairs, and who is left on either side, in that order.

    Args:
        before: of one side.
        after: of the other.
        key: what has to be equal; None pairs with nobody.
        lone: whether to pair only where each side has just one of a key.
    """
    places: dict[Hashable, tuple[list[_One], list[_One]]] = {}
    sides = (list(before), list(after))
    for number, side in enumerate(sides):
        for one in side:
            at = key(one)
            if at is not None:
                places.setdefault(at, ([], []))[number].append(one)
    found = [both for both in places.values() if not lone or len(both[0]) == len(both[1]) == 1]
    pairs = [two for first, second in found for two in zip(first, second, strict=False)]
    taken = ({id(one) for one, _ in pairs}, {id(one) for _, one in pairs})
    left = [[one for one in side if id(one) not in done] for side, done in zip(sides, taken, strict=True)]
    return pairs, left[0], left[1]


def same_boot(before: Side, after: Side) -> bool | None:
    """Whether two sides are of one boot of one machine, None where neither says so."""
    if before.boot_id and after.boot_id:
        return before.boot_id == after.boot_id
    return False if before.host != after.host else None


def pair_processes(before: Index, after: Index) -> Pairs:
    """Tell who stayed, who took whose place, and who went or came."""
    boot = same_boot(before.side, after.side)
    old, new = (sorted(one.processes.values(), key=_age) for one in (before, after))
    same: list[tuple[SeenProcess, SeenProcess]] = []
    if boot is not False:
        # Where both know when the machine booted, its clock may have been set meanwhile.
        relative = before.side.boot_time is not None and after.side.boot_time is not None and bool(boot)
        since = {id(one): (side.boot_time or 0.0) if relative else 0.0 for side in (before.side, after.side)
                 for one in side.processes}  # fmt: skip
        same, old, new = pair(old, new, lambda one: _identity(one, since[id(one)]))
    replaced: list[tuple[SeenProcess, SeenProcess]] = []
    for key, lone in ((_by_place, False), (_by_command, False), (_by_service, True)):
        found, old, new = pair(old, new, key, lone=lone)
        replaced += found
    return Pairs(same, replaced, old, new)


def _age(process: SeenProcess) -> tuple[float, int]:
    return process.start_time or 0.0, process.pid


def _identity(process: SeenProcess, since: float) -> Hashable | None:
    if process.start_time is None:
        return None
    return process.pid, process.thread_of, round(process.start_time - since, 2)


def _by_place(process: SeenProcess) -> Hashable:
    return process.cgroup, *_by_command(process)


def _by_command(process: SeenProcess) -> tuple[Hashable, ...]:
    return process.comm, process.command, process.uid, process.thread_of is None


def _by_service(process: SeenProcess) -> Hashable | None:
    """A service that was started with other arguments is still that service."""
    unit = process.cgroup.rpartition("/")[2]
    return (process.cgroup, process.comm, process.thread_of is None) if unit.endswith(_SERVICE) else None
