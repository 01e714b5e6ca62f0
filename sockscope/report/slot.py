"""Record of the contract: one descriptor by number."""

from msgspec import Struct


class Slot(Struct, frozen=True):
    """One descriptor by number."""

    pid: int
    fd: int
