"""What the line at the bottom names: ids of commands with a word each; the last one always fits."""

from typing import NamedTuple


class Hint(NamedTuple):
    """A key that is worth naming."""

    key: str
    """As Textual calls it."""
    written: str
    """What stands on it."""
    label: str
    """What it does, in a word."""


TREE_HINTS = (
    ("tree.activate", "follow"),
    ("app.next_related", "next related"),
    ("app.other_end", "other end"),
    ("app.back", "back"),
    ("app.filter", "filter"),
    ("app.group", "group"),
    ("app.terminals", "terminals"),
    ("tree.to_pane", "pane"),
    ("app.quit", "quit"),
    ("app.help", "help"),
)
PANE_HINTS = (
    ("pane.follow", "follow"),
    ("pane.fold", "fold"),
    ("app.back", "back"),
    ("app.raw", "raw"),
    ("app.pin", "pin"),
    ("pane.to_tree", "tree"),
    ("app.pane", "hide"),
    ("app.quit", "quit"),
    ("app.help", "help"),
)
SEARCH_HINTS = (
    ("app.next_related", "next hit"),
    ("app.previous_related", "the one before"),
    ("app.tree", "end search"),
    *TREE_HINTS[4:],
)
TYPING_HINTS = (
    ("prompt.complete", "complete"),
    ("prompt.older", "before"),
    ("prompt.cancel", "clear"),
    ("app.help", "help"),
    ("prompt.submit", "keep"),
)
PATH_HINTS = (("prompt.cancel", "give up"), ("prompt.submit", "write"))
