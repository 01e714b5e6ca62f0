"""Identities that the kernel does not reuse while we look: what rows, indexes and cursors hold on to."""

from typing import NamedTuple


class ProcessKey(NamedTuple):
    """One process (or one thread with a descriptor table of its own) for as long as it lives."""

    pid: int
    """The pid, or the tid of a thread that has unshared its descriptor table."""
    start: int
    """Start time in clock ticks since boot (`proc_pid_stat(5)`, field 22); tells a reused pid apart."""


class DescriptorKey(NamedTuple):
    """One slot of one descriptor table."""

    pid: int
    start: int
    fd: int

    @property
    def process(self) -> ProcessKey:
        """The process whose table this is."""
        return ProcessKey(self.pid, self.start)
