"""Record of one way in which a file that was asked for by name is in use."""

from msgspec import Struct

from sockscope.abi.strings import Clean


class UseRecord(Struct, frozen=True):
    """One way in which a file that was asked for by name is in use."""

    use: str
    """bound, open, opening, cwd, root, exe, mem, watch, mount or loop."""
    pid: int | None
    fd: int | None
    comm: Clean
    name: Clean
    on_mount: bool
    confidence: str
    evidence: str
