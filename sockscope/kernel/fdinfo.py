"""`/proc/PID/fdinfo/N`: what every descriptor has, and what its kind adds."""

from typing import Literal, NamedTuple

from sockscope.abi.open_flags import access, flag_names
from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import clean
from sockscope.kernel.locks import parse_lock
from sockscope.kinds.lines import Lines, integer
from sockscope.kinds.registry import BY_KEY, BY_NAME
from sockscope.model.descriptor import CleanFields, KindName

__all__ = [
    "Fdinfo",
    "access",
    "decode",
    "decode_kind",
    "flag_names",
    "in_flight",
    "kind_by_keys",
    "parse_fdinfo",
    "parse_flags",
]

_FLAGS = b"flags:"
_SCM_FDS = b"scm_fds:"
_LONGEST_COUNT = 10
"""Digits of a number of descriptors in flight that is believed."""
_COMMON = {b"pos": 10, b"flags": 8, b"mnt_id": 10, b"ino": 10}


class Fdinfo(NamedTuple):
    """One fdinfo file (`proc_pid_fdinfo(5)`). A number that is not there is -1, an inode 0."""

    pos: int
    """Offset in bytes."""
    flags: int
    """Open flags, `O_CLOEXEC` included."""
    mnt_id: int
    """Mount, as in mountinfo."""
    ino: int
    """Linux 5.14."""
    locks: list[Clean]
    """Cleaned lines as in /proc/locks."""
    lines: Lines
    """The rest in order: key with its leading blanks, value without blanks around it."""


def parse_fdinfo(raw: Raw) -> Fdinfo:
    """Split an fdinfo file. Takes any bytes: what is not understood stays in `lines`."""
    common: dict[bytes, int] = {}
    locks: list[Clean] = []
    rest: list[tuple[bytes, Raw]] = []
    for line in raw.split(b"\n"):
        key, _, value = line.partition(b":")
        value = value.strip()
        base = _COMMON.get(key)
        number = integer(value, base) if base and key not in common else None
        if number is not None:
            common[key] = number
        elif key == b"lock":
            locks.append(clean(value))
        elif line:
            rest.append((key, value))
    return Fdinfo(
        common.get(b"pos", -1),
        common.get(b"flags", -1),
        common.get(b"mnt_id", -1),
        common.get(b"ino", 0),
        locks,
        rest,
    )


def parse_flags(raw: Raw) -> int:
    """Return the open flags alone, -1 where there are none: a tenth of the cost of `parse_fdinfo`."""
    start = raw.find(_FLAGS)
    if start < 0:
        return -1
    start += len(_FLAGS)
    number = integer(raw[start : raw.find(b"\n", start)].strip(), 8)
    return -1 if number is None else number


def in_flight(text: Raw) -> CleanFields | None:
    """Return how many descriptors wait in a socket's receive queue, None without any: nearly always."""
    found = text.find(_SCM_FDS)
    count = text[found + len(_SCM_FDS) :].partition(b"\n")[0].strip() if found >= 0 else b""
    return {"scm_fds": int(count)} if count.isdigit() and len(count) < _LONGEST_COUNT and int(count) else None


def kind_by_keys(lines: Lines) -> KindName | Literal[""]:
    """Return the kind that alone writes one of these keys, or "".

    For descriptors whose path does not tell: a pseudoterminal master may be opened under any name.
    """
    return next((BY_KEY[key] for key, _ in lines if key in BY_KEY), "")


def decode(kind: str, raw: Raw) -> CleanFields:
    """Decode an fdinfo file of a descriptor of `kind` into named fields.

    Always: `pos` (bytes), `flags` (names), `mnt_id`, `ino`, `locks` (see `kernel.locks`); then those of
    its kind, units in their names. Takes any bytes and any kind, and raises nothing.
    """
    info = parse_fdinfo(raw)
    common: CleanFields = {
        "pos": info.pos,
        "flags": flag_names(info.flags),
        "mnt_id": info.mnt_id,
        "ino": info.ino,
        "locks": [parse_lock(lock) for lock in info.locks],
    }
    return decode_kind(kind, info) | common


def decode_kind(kind: str, info: Fdinfo) -> CleanFields:
    """Decode only the fields that `kind` adds, empty where it adds none. Raises nothing."""
    return BY_NAME.get(kind, BY_NAME["unknown"]).decode(info.lines)
