"""A guided tour as data: what to look at, and which key to press for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of a tour. A view shows `text` on one line and goes on when `key` was pressed."""

    text: str
    """What to look at, in one line."""
    key: str = ""
    """Key to press next, as a user would call it (`n`, `Enter`); "" where any move will do."""
    target: str = ""
    """Where the cursor has to be for this, as `sockscope.report.targets.finder` reads it; "" where it is."""
