"""What the explorer was asked to show. Knows no screen, so that the command line can make it cheaply."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sockscope.demo.tour import Step
from sockscope.report.new_file import write_new


@dataclass(frozen=True, slots=True)
class Options:
    """Choices made on the command line."""

    pids: tuple[int, ...] = ()
    """List only these processes; empty for all."""
    interval: float = 1.0
    """Seconds between two refreshes."""
    mouse: bool = True
    group_by: str = "pgrp"
    """What the top level of the tree gathers processes by."""
    filter: str = ""
    """What to list, as `sockscope.world.filter.parsing.parse` reads it without an error; "" for everything."""
    target: str = ""
    """What to go to first, as `sockscope.world.targets.forms.read_target` reads it; "" for nothing in particular."""
    tour: tuple[Step, ...] = ()
    """What to look at, one after the other; empty for no tour."""
    theme: str = ""
    """Name of the colours to use, "" for the usual ones."""
    ascii: bool = False
    """Draw with the characters of ASCII only."""
    columns: tuple[str, ...] = ()
    """Columns to show, by name; empty for the usual ones."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys by the id of what they do, several with commas between them; what is not named keeps its own."""
    notes: tuple[str, ...] = ()
    """What is wrong with the configuration, one line each, to be said once the screen stands."""
    write_new: Callable[[str, bytes], None] = write_new
    """Makes a file that did not exist, as `sockscope.report.new_file.write_new` does and with its errors."""
