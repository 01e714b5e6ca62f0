"""Signs that rows and panes share, and the roles they are written in."""

from sockscope.world.relations.answers import OTHER, SAME, WATCH

SIGN_ROLES = {SAME: "same", OTHER: "other-end", WATCH: "watch", "»": "hit", "+": "new", "−": "gone", "~": "changed"}
CHANGES = {"new": "+", "gone": "−", "changed": "~", "": " "}
HIT = "»"
"""A row that was searched for."""
MARK = "'"
"""A row that the user has marked."""
OPEN, CLOSED = "▾", "▸"
FOREGROUND = "▶ foreground"
DENIED = "⊘"
FOUND = {"sick": "‼", "suspect": "▲"}
"""Before a row of which something was found, by severity; a note has none."""
FOUND_ROLES = {"sick": "bad", "suspect": "warn", "note": "dim"}
