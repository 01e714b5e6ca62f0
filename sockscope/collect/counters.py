"""Counters of the work of one refresh, shared by the parts of the collector."""

from msgspec import Struct


class Counters(Struct):
    """What a refresh has cost so far."""

    scanned: int = 0
    fdinfo: int = 0
    dumps: int = 0
    exact: int = 0
    proven: int = 0
    """Epoll instances whose registrations were compared with descriptors."""
    asked: int = 0
    """Questions to the kernel about what registrations watch."""
    missed: int = 0
    """Tables that had changed although their process had not run, as it seemed."""
    waits: int = 0
    """Threads whose system call was read."""

    def reset(self) -> None:
        """Start counting for another refresh."""
        self.scanned = self.fdinfo = self.dumps = self.exact = 0
        self.proven = self.asked = self.missed = self.waits = 0
