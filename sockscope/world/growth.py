"""How many descriptors processes have opened and left open lately."""

from collections import deque

from sockscope.model.keys import ProcessKey

WINDOW = 60.0
"""Seconds over which growth is told."""
SHORTEST = 10.0
"""Seconds that a process has to be known before anything is said of its growth."""
STEP = 1.0
"""Seconds between two numbers that are kept: however often one looks, `WINDOW / STEP` of them are."""


class Growth:
    """The numbers that processes had in the last minute; nothing is kept of one whose number stays but the number."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._counts: dict[ProcessKey, deque[tuple[float, int]]] = {}
        """When a number began to hold, in seconds since the epoch, and the number; the newest last."""

    def note(self, key: ProcessKey, count: int, time: float) -> None:
        """Take the number of descriptors that a process has at `time`; below 0 for one that is not known."""
        counts = self._counts.setdefault(key, deque())
        if counts and counts[-1][1] == count:
            return
        if len(counts) > 1 and time - counts[-1][0] < STEP:
            counts[-1] = (counts[-1][0], count)
            return
        counts.append((time, count))
        while len(counts) > 1 and counts[1][0] <= time - WINDOW:
            counts.popleft()

    def forget(self, key: ProcessKey) -> None:
        """Forget a process that has ended."""
        self._counts.pop(key, None)

    def per_minute(self, key: ProcessKey, now: float) -> int | None:
        """Return by how many descriptors a process has grown in the last minute, or would in one at this rate.

        Below 0 for one that has closed more than it opened; None where that is not known (yet).
        """
        counts = self._counts.get(key)
        if not counts:
            return None
        known = min(now - counts[0][0], WINDOW)
        before = next((count for time, count in reversed(counts) if time <= now - known), -1)
        if known < SHORTEST or before < 0 or counts[-1][1] < 0:
            return None
        return round((counts[-1][1] - before) * WINDOW / known)
