"""Counters of the work of one refresh, shared by the parts of the collector."""

from dataclasses import dataclass


@dataclass(slots=True)
class Work:
    """What a refresh has cost so far."""

    scanned: int = 0
    fdinfo: int = 0
    dumps: int = 0
    exact: int = 0

    def reset(self) -> None:
        """Start counting for another refresh."""
        self.scanned = self.fdinfo = self.dumps = self.exact = 0
