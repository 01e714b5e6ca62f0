"""What a thread waits in, as every document has it."""

from msgspec import Struct

from sockscope.model.wait import Wait
from sockscope.world.waits import halted_words


class WaitRecord(Struct, frozen=True):
    """One thread that is blocked in a system call."""

    tid: int
    call: str
    fd: int | None
    child: int | None
    """Of a wait for a child its pid, -1 for any."""
    timeout: bool
    halted: str
    since: float
    """Seconds since the epoch."""
    text: str
    """What the explorer's row says."""


def wait_record(wait: Wait) -> WaitRecord:
    """Fill in one thread that is blocked."""
    return WaitRecord(
        tid=wait.tid,
        call=wait.call,
        fd=wait.fd if wait.fd >= 0 else None,
        child=wait.child or None,
        timeout=wait.timed,
        halted=wait.halted,
        since=wait.since,
        text=halted_words(wait),
    )
