"""Identities that the kernel does not reuse while we look: what rows, indexes and cursors hold on to."""

from typing import NamedTuple


class ProcessKey(NamedTuple):
    """One process (or one thread with a descriptor table of its own) for as long as it lives."""

    pid: int
    """The pid, or the tid of a thread that has unshared its descriptor table."""
    start: int
    """Start time in clock ticks since boot (`proc_pid_stat(5)`, field 22); tells a reused pid apart."""


FIRST_MAPPED = -1_000_000
"""What a process uses without a descriptor has a number below 0 in its table: mapped files count up from here."""
PLACES: dict[str, int] = {"cwd": FIRST_MAPPED - 3, "root": FIRST_MAPPED - 2, "exe": FIRST_MAPPED - 1}
"""Working directory, root and program: one of each, before all else."""
_NAMES = {number: name for name, number in PLACES.items()}


def slot_name(fd: int) -> str:
    """Write the number of a descriptor; `cwd`, `root`, `exe`, or `mem0` … for what has none."""
    if fd >= 0:
        return str(fd)
    return _NAMES.get(fd) or f"mem{fd - FIRST_MAPPED}"


class DescriptorKey(NamedTuple):
    """One slot of one descriptor table."""

    pid: int
    start: int
    fd: int
    """Negative for what is used without a descriptor (see `PLACES`)."""

    @property
    def slot(self) -> str:
        """Where it is, as all texts write it: `812:3`, `812:mem0`."""
        return f"{self.pid}:{slot_name(self.fd)}"

    @property
    def process(self) -> ProcessKey:
        """The process whose table this is."""
        return ProcessKey(self.pid, self.start)
