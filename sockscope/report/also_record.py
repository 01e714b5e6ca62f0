"""Record of the contract: another descriptor or process that fits what was typed."""

from msgspec import Struct

from sockscope.abi.strings import Clean


class AlsoRecord(Struct, frozen=True):
    """One that is named after the first."""

    pid: int
    fd: int | None
    """None for a process."""
    netns: int | None
    """Of its socket, else of its process; None unknown."""
    netns_name: Clean
