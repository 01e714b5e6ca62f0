"""Signs that rows and panes share, and the roles they are written in."""

from sockscope.world.relations import OTHER, SAME, WATCH

SIGN_ROLES = {SAME: "same", OTHER: "other-end", WATCH: "watch"}
CHANGES = {"new": "+", "gone": "−", "": " "}
OPEN, CLOSED = "▾", "▸"
FOREGROUND = "▶ foreground"
DENIED = "⊘"
