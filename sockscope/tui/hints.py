"""What the line at the bottom names: ids of bindings, or keys, with a word each; the last one always fits."""

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
)
TYPING_HINTS = (
    ("prompt.complete", "complete"),
    ("prompt.older", "before"),
    ("prompt.cancel", "clear"),
    ("f1", "help"),
    ("enter", "keep"),
)
PATH_HINTS = (("prompt.cancel", "give up"), ("enter", "write"))
