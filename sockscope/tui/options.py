"""What the explorer was asked to show. Knows no screen, so that the command line can make it cheaply."""

from dataclasses import dataclass


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
