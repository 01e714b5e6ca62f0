"""The keys that the line at the bottom names; the last one (help) always fits."""

TREE_HINTS = (
    ("↵", "follow"),
    ("n", "next related"),
    ("p", "other end"),
    ("⌫", "back"),
    ("space", "fold"),
    ("tab", "pane"),
    ("r", "raw"),
    ("q", "quit"),
    ("?", "help"),
)
PANE_HINTS = (
    ("↵", "follow"),
    ("⌫", "back"),
    ("r", "raw"),
    ("tab", "tree"),
    ("z", "hide"),
    ("q", "quit"),
    ("?", "help"),
)
