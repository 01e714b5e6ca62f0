"""What is mapped into a process: `/proc/PID/maps`."""

from typing import NamedTuple

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import clean

_FIELDS = 5
"""Fields before the name."""
_DELETED = b" (deleted)"
_NEWLINE = rb"\012"


class Mapping(NamedTuple):
    """One mapping (`proc_pid_maps(5)`)."""

    start: int
    """First address."""
    end: int
    """Address behind the last one."""
    permissions: Clean
    """Four letters: `r`, `w`, `x` or `-` each, then `s` for a shared mapping and `p` for a private one."""
    offset: int
    """Bytes into the file."""
    dev: int
    """Device of the file's superblock as `major << 20 | minor`, 0 where it maps no file.

    Not what `stat(2)` says on btrfs and overlay, which count their inodes for each subvolume or layer.
    """
    ino: int
    """0 where it maps no file."""
    name: Raw
    """Path, `[heap]` or the like, or b""; raw, without ` (deleted)`."""
    deleted: bool
    """The file has no name any more. One whose own name ends in ` (deleted)` cannot be told apart."""

    @property
    def shared(self) -> bool:
        """Whether what one process writes there, every other one that maps it reads."""
        return self.permissions.endswith("s")


def parse_maps(data: Raw) -> list[Mapping]:
    """Parse `/proc/PID/maps` in its order, by address. Lines that do not look like it are skipped."""
    return [mapping for line in data.split(b"\n") if (mapping := _parse_line(line)) is not None]


def _parse_line(line: Raw) -> Mapping | None:
    fields = line.split(None, _FIELDS)
    if len(fields) < _FIELDS:
        return None
    start, _, end = fields[0].partition(b"-")
    major, _, minor = fields[3].partition(b":")
    try:
        numbers = (
            int(start, 16),
            int(end, 16),
            int(fields[2], 16),
            int(major, 16) << 20 | int(minor, 16),
            int(fields[4]),
        )
    except ValueError:
        return None
    first, behind, offset, dev, ino = numbers
    # Of all signs only the line feed is escaped there (fs/proc/task_mmu.c, `seq_path(m, …, "\n")`).
    raw = fields[5].replace(_NEWLINE, b"\n") if len(fields) > _FIELDS else Raw()
    name = raw.removesuffix(_DELETED)
    permissions = clean(fields[1])
    return Mapping(first, behind, permissions, offset, dev, ino, name, deleted=name != raw)
