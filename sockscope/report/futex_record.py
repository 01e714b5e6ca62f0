"""Record of the contract: a thread that waits in memory that others may map."""

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.report.slot import Slot


class FutexRecord(Struct, frozen=True):
    """A thread that waits for a futex in memory that others may map."""

    pid: int
    tid: int
    target: Clean
    offset: int
    """Bytes into what is mapped."""
    object: str
    mapped_by: list[Slot]
    confidence: str
    evidence: str
    note: str
