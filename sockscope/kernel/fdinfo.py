"""`/proc/PID/fdinfo/N`: what every descriptor has, and what its kind adds."""

from typing import Any, NamedTuple

from sockscope.kernel.kinds.family import Lines, integer
from sockscope.kernel.kinds.registry import BY_KEY, BY_KIND
from sockscope.kernel.locks import parse_lock
from sockscope.kernel.openflags import access, flag_names
from sockscope.kernel.text import clean

__all__ = ["Fdinfo", "access", "decode", "decode_kind", "flag_names", "kind_by_keys", "parse_fdinfo", "parse_flags"]

_FLAGS = b"flags:"
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
    locks: list[str]
    """Cleaned lines as in /proc/locks."""
    lines: Lines
    """The rest in order: key with its leading blanks, value without blanks around it."""


def parse_fdinfo(raw: bytes) -> Fdinfo:
    """Split an fdinfo file. Takes any bytes: what is not understood stays in `lines`."""
    common: dict[bytes, int] = {}
    locks: list[str] = []
    rest: list[tuple[bytes, bytes]] = []
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


def parse_flags(raw: bytes) -> int:
    """Return the open flags alone, -1 where there are none: a tenth of the cost of `parse_fdinfo`."""
    start = raw.find(_FLAGS)
    if start < 0:
        return -1
    start += len(_FLAGS)
    number = integer(raw[start : raw.find(b"\n", start)].strip(), 8)
    return -1 if number is None else number


def kind_by_keys(lines: Lines) -> str:
    """Return the kind that alone writes one of these keys, or "".

    For descriptors whose path does not tell: a pseudoterminal master may be opened under any name.
    """
    return next((BY_KEY[key] for key, _ in lines if key in BY_KEY), "")


def decode(kind: str, raw: bytes) -> dict[str, Any]:
    """Decode an fdinfo file of a descriptor of `kind` into named fields.

    Always: `pos` (bytes), `flags` (names), `mnt_id`, `ino`, `locks` (see `kernel.locks`); then those of
    its kind, units in their names. Takes any bytes and any kind, and raises nothing.
    """
    info = parse_fdinfo(raw)
    common: dict[str, Any] = {
        "pos": info.pos,
        "flags": flag_names(info.flags),
        "mnt_id": info.mnt_id,
        "ino": info.ino,
        "locks": [parse_lock(lock) for lock in info.locks],
    }
    return decode_kind(kind, info) | common


def decode_kind(kind: str, info: Fdinfo) -> dict[str, Any]:
    """Decode only the fields that `kind` adds, empty where it adds none. Raises nothing."""
    return BY_KIND.get(kind, BY_KIND["unknown"]).parse(info.lines)
