"""A table that is read in parts, look after look, because reading it at once would be too much work."""

from bisect import bisect_left
from typing import NamedTuple

from sockscope.model.descriptor import Descriptor


class Known(NamedTuple):
    """What is known of a table when it is walked again."""

    table: dict[int, Descriptor]
    stands: bool = False
    """Whether it is as it was: its process has not run since."""
    next: int = 0
    """The number to begin with, where the last walk had to stop."""


UNKNOWN = Known({})


def in_turn(numbers: list[int], known: Known) -> list[int]:
    """Order the numbers of a table as they are read: those that were left the last time first."""
    if not known.next:
        return numbers
    if known.stands:
        return [fd for fd in numbers if fd not in known.table]
    position = bisect_left(numbers, known.next)
    return numbers[position:] + numbers[:position]


def completed(
    found: dict[int, Descriptor], numbers: list[int], left: list[int], known: Known
) -> tuple[dict[int, Descriptor], list[int], list[int]]:
    """Add to a part what stands of the others.

    Args:
        found: what was read.
        numbers: what is open, in order.
        left: those of them that were not come to.
        known: what is known from before.

    Returns:
        The table in order, the numbers that were taken over, and those that are open and not known.
    """
    kept = [fd for fd in numbers if fd not in found and fd in known.table] if known.stands else []
    table = found | {fd: known.table[fd] for fd in kept}
    return {fd: table[fd] for fd in numbers if fd in table}, kept, [fd for fd in left if fd not in table]
