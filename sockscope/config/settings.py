"""The settings there are, with their types and bounds."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

GroupBy = Literal["pgrp", "session", "tree", "user", "cgroup", "netns", "finding", "object"]


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Values of `config.toml`; what is not there keeps its default, and the command line overrides both."""

    theme: Annotated[str, Meta(max_length=64)] = ""
    """Name of the colours, "" for the usual ones."""
    interval: Annotated[float, Meta(ge=0.1, le=3600)] = 1.0
    """Seconds between two refreshes."""
    group_by: GroupBy = "pgrp"
    """What the top level of the tree gathers by."""
    columns: Annotated[tuple[str, ...], Meta(max_length=32)] = ()
    """Columns to show, by name; empty for the usual ones."""
    keys: dict[str, str] = {}
    """Keys by the id of what they do, several with commas between them."""
    ascii: bool | None = None
    """Draw with the characters of ASCII only; None leaves that to the terminal."""
    mouse: bool = True
    """Whether the mouse is the explorer's."""
