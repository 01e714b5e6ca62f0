"""How often to look: as asked, or less often where looking itself would take too much of the time."""

from collections import deque

SHARE = 0.25
"""Most of the time that may be spent looking."""
PASSES = 3
"""Passes whose quickest counts: the first reads everything, and any may have waited for a busy machine."""


class Pace:
    """Stretch an interval until a pass takes no more than its share of it."""

    def __init__(self, asked: float) -> None:
        """Start with `asked` seconds between refreshes."""
        self.asked = asked
        self._took: deque[float] = deque(maxlen=PASSES)

    def took(self, seconds: float) -> None:
        """Note what a pass has taken."""
        self._took.append(seconds)

    @property
    def interval(self) -> float:
        """Seconds from the start of one refresh to the start of the next."""
        if len(self._took) < PASSES:
            return self.asked
        return max(self.asked, min(self._took) / SHARE)


def step_aside() -> None:
    """Let every other process go first: the lowest share but one of the processor, the disk only when it is idle.

    Raises:
        OSError: the kernel does not allow it (a seccomp filter).
    """
    import psutil  # noqa: PLC0415 - 20 ms to import, for an option that few give

    own = psutil.Process()
    own.nice(max(NICE, own.nice()))
    own.ionice(psutil.IOPRIO_CLASS_IDLE)


NICE = 10
