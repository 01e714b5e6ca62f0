"""Counters of the work of one refresh, shared by the parts of the collector."""

from dataclasses import dataclass


@dataclass(slots=True)
class Work:
    """What a refresh has cost so far."""

    scanned: int = 0
    fdinfo: int = 0
    dumps: int = 0
    exact: int = 0
    proven: int = 0
    """Epoll instances whose registrations were compared with descriptors."""
    missed: int = 0
    """Tables that had changed although the gate called their process idle."""

    def reset(self) -> None:
        """Start counting for another refresh."""
        self.scanned = self.fdinfo = self.dumps = self.exact = 0
        self.proven = self.missed = 0
