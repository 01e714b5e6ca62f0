"""The text of a `/proc/PID/fd/N` link: what kind of descriptor it is, and which inode or path it names."""

import re
from typing import Literal, NamedTuple

from sockscope.abi.strings import Raw
from sockscope.kinds.registry import BY_ANON_NAME, BY_PREFIX, PATH_KINDS, PATHS
from sockscope.model.descriptor import KindName

_ANON = b"anon_inode:"
_DELETED = b" (deleted)"
_INODE = re.compile(rb"([^/:]+):\[(\d{1,19})\]")


class Link(NamedTuple):
    """What a link says."""

    kind: KindName | Literal["path"]
    """One of the contract's kinds, or `path` where only the type of the file can tell (see `kernel.filetype`)."""
    ino: int
    """Inode where the link names it, else 0."""
    path: Raw
    """Path, or name of an anonymous inode as the kernel writes it; raw, without ` (deleted)`."""
    deleted: bool
    """The name is gone. A file whose own name ends in ` (deleted)` cannot be told apart."""


def parse_link(raw: Raw) -> Link:
    """Parse the text of a descriptor's link (`proc_pid_fd(5)`)."""
    if raw.startswith(b"/"):
        return _path(raw)
    if raw.startswith(_ANON):
        name = raw[len(_ANON) :]
        return Link(BY_ANON_NAME.get(name, "anon"), 0, name, deleted=False)
    match = _INODE.fullmatch(raw)
    if match:
        return Link(BY_PREFIX.get(match[1], "unknown"), int(match[2]), Raw(), deleted=False)
    # A file outside the reader's root is shown as `(unreachable)/path`.
    return _path(raw) if raw.find(b"/") >= 0 else Link("unknown", 0, raw, deleted=False)


def _path(raw: Raw) -> Link:
    deleted = raw.endswith(_DELETED)
    path = raw[: -len(_DELETED)] if deleted else raw
    match = PATHS.fullmatch(raw)
    return Link(PATH_KINDS[match.lastindex or 0] if match else "path", 0, path, deleted)
