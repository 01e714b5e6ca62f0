"""One walk of one table: where it reads, and what it has found."""

from msgspec import Struct, field

from sockscope.abi.strings import Raw
from sockscope.collect.allowance import Allowance
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey


class TableScan(Struct):
    """What one walk of a table found."""

    descriptors: dict[int, Descriptor] = field(default_factory=dict)
    unreadable: int = 0
    """Descriptors whose link or fdinfo was denied."""
    denied: str = ""
    """Why nothing could be read, or ""."""
    epolls: dict[int, Raw] = field(default_factory=dict)
    """fdinfo of the epolls in it, by number."""
    unread: int = 0
    """Descriptors that are open and were left for another walk."""
    next: int = 0
    """The first of these."""


class TableWalk(Struct, frozen=True):
    """One walk of one table."""

    table: int
    """Descriptor of its directory."""
    infos: int
    """Descriptor of the directory of its fdinfo files, -1 where that is denied."""
    key: ProcessKey
    namespace: int
    """Mount namespace."""
    scan: TableScan
    allowance: Allowance
