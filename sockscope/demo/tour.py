"""A guided tour as data: what to look at, and which key to press for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of a tour. A view shows `text` on one line and goes on when the key of `press` was pressed."""

    text: str
    """What to look at, in one line; ids of commands in braces stand for their keys."""
    press: str = ""
    """Id of the command whose key is pressed next, such as `app.next_related`; "" where any move will do."""
    target: str = ""
    """Where the cursor has to be for this, as `sockscope.world.targets.forms.resolve` reads it; "" where it is."""
