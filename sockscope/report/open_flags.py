"""Open flags by name, for records made without asking the collector in depth."""

import os
from functools import cache

ACCESS = ("O_RDONLY", "O_WRONLY", "O_RDWR", "O_RDWR")
LARGEFILE = os.O_LARGEFILE or 0o100000
"""glibc calls it 0 on 64-bit machines, where the kernel still sets and shows the bit."""
NAMES: tuple[tuple[str, int], ...] = (
    ("O_APPEND", os.O_APPEND),
    ("O_ASYNC", os.O_ASYNC),
    ("O_CLOEXEC", os.O_CLOEXEC),
    ("O_DIRECT", os.O_DIRECT),
    ("O_DIRECTORY", os.O_DIRECTORY),
    ("O_NOATIME", os.O_NOATIME),
    ("O_NOFOLLOW", os.O_NOFOLLOW),
    ("O_NONBLOCK", os.O_NONBLOCK),
    ("O_PATH", os.O_PATH),
    ("O_SYNC", os.O_SYNC),
    ("O_DSYNC", os.O_DSYNC),
)
"""A name that contains another's bits stands before it."""


def cloexec(flags: int) -> bool | None:
    """Whether execve(2) closes the descriptor, None where the flags were not read (-1)."""
    return None if flags < 0 else bool(flags & os.O_CLOEXEC)


def open_flags(flags: int) -> list[str]:
    """Name the bits of open flags (`open(2)`), the access mode first; empty where they were not read (-1)."""
    return [] if flags < 0 else list(_named(flags))


@cache
def _named(flags: int) -> tuple[str, ...]:
    """Name the bits once for each combination: a host has a dozen, and a report asks for each descriptor."""
    names = [] if flags & os.O_PATH else [ACCESS[flags & os.O_ACCMODE]]
    rest = flags & ~(os.O_ACCMODE | LARGEFILE)
    for name, bits in NAMES:
        if rest & bits == bits:
            names.append(name)
            rest &= ~bits
    return (*names, f"0o{rest:o}") if rest else tuple(names)
