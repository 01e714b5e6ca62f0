"""Open flags by name, with the numbers of the architecture that looks (`open(2)`, `asm/fcntl.h`).

The one table of them: fdinfo, reports, rows and the filter name a bit alike because all ask here.
"""

import platform
from functools import lru_cache
from typing import Literal

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean_str, ours

Access = Literal["r", "w", "rw", ""]
"""Access mode of an open file; "" for one that can be neither read nor written, or was not read."""

O_PATH = 0o10000000
O_CLOEXEC = 0o2000000
_ACCMODE = 0o3
_ACCESS = ("O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE")

_MODES: tuple[Access, ...] = ("r", "w", "rw", "")

_SYNC, _DSYNC = 0o4010000, 0o10000
_COMMON = (
    (0o100, "O_CREAT"),
    (0o200, "O_EXCL"),
    (0o400, "O_NOCTTY"),
    (0o1000, "O_TRUNC"),
    (0o2000, "O_APPEND"),
    (0o4000, "O_NONBLOCK"),
    (0o20000, "O_ASYNC"),
    (0o1000000, "O_NOATIME"),
    (O_CLOEXEC, "O_CLOEXEC"),
    (O_PATH, "O_PATH"),
)
_TMPFILE = 0o20000000
"""The bit of `O_TMPFILE` that is its own; the other is `O_DIRECTORY`."""
_GENERIC = ((0o40000, "O_DIRECT"), (0o100000, "O_LARGEFILE"), (0o200000, "O_DIRECTORY"), (0o400000, "O_NOFOLLOW"))
_ARM = ((0o40000, "O_DIRECTORY"), (0o100000, "O_NOFOLLOW"), (0o200000, "O_DIRECT"), (0o400000, "O_LARGEFILE"))
_POWERPC = ((0o40000, "O_DIRECTORY"), (0o100000, "O_NOFOLLOW"), (0o200000, "O_LARGEFILE"), (0o400000, "O_DIRECT"))

MACHINE = platform.machine()


def flag_names(flags: int, machine: str = MACHINE) -> list[Clean]:
    """Name the bits of open flags: the access mode first, then by value; one number for bits without a name.

    `machine` as `uname -m` prints it. `O_PATH` has no access mode, so none is named beside it. No
    names at all for a negative number, which stands for flags that were not read.
    """
    return list(_named(flags, machine))


@lru_cache(maxsize=1024)
def _named(flags: int, machine: str) -> tuple[Clean, ...]:
    """Name each combination once: a host has a few dozen, and a report asks for every descriptor."""
    if flags < 0:
        return ()
    names: list[Clean] = []
    rest = flags
    if not flags & O_PATH:
        names.append(clean_str(_ACCESS[flags & _ACCMODE]))
        rest &= ~_ACCMODE
    if rest & _DSYNC:
        names.append(ours("O_SYNC") if rest & _SYNC == _SYNC else ours("O_DSYNC"))
        rest &= ~(_SYNC if rest & _SYNC == _SYNC else _DSYNC)
    specific = _specific(machine)
    if rest & _TMPFILE:
        names.append(ours("O_TMPFILE"))
        rest &= ~(_TMPFILE | next(bit for bit, name in specific if name == "O_DIRECTORY"))
    for bit, name in sorted(_COMMON + specific):
        if rest & bit:
            names.append(clean_str(name))
            rest &= ~bit
    return (*names, ours("0o{:o}", rest)) if rest else tuple(names)


def closes_on_exec(flags: int) -> bool | None:
    """Whether execve(2) closes the descriptor, None where the flags were not read (-1)."""
    return None if flags < 0 else bool(flags & O_CLOEXEC)


def access(flags: int) -> Access:
    """Return `r`, `w`, `rw`, or "" for a descriptor that can be neither read nor written (`O_PATH`)."""
    if flags < 0 or flags & O_PATH:
        return ""
    return _MODES[flags & _ACCMODE]


def _specific(machine: str) -> tuple[tuple[int, str], ...]:
    if machine.startswith(("aarch64", "arm")):
        return _ARM
    if machine.startswith("ppc"):
        return _POWERPC
    return _GENERIC


O_LARGEFILE = next(bit for bit, name in _specific(MACHINE) if name == "O_LARGEFILE")
"""What the kernel writes here; `os.O_LARGEFILE` is 0 where the C library need not ask for it."""

NAMES = tuple(sorted({*_ACCESS, "O_SYNC", "O_DSYNC", "O_TMPFILE", *(name for _, name in _COMMON + _GENERIC)}))
"""Every name that `flag_names` can give."""
