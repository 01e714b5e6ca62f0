"""How sure sockscope is of a statement, and why."""

from typing import Literal

Confidence = Literal["proven", "inferred", "unknown"]
"""`proven`: the kernel itself names both sides (peer inode, kcmp, cookie, one inode).
`inferred`: two facts that fit (reversed address tuple, unnamed at both ends).
`unknown`: it could not be checked; the reason is shown beside it."""
