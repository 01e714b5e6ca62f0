"""A file that was asked for by name: which one it is, and who uses it without a descriptor."""

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING
from sockscope.model.blocked import Blocked
from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import KindName

if TYPE_CHECKING:
    LocatedKind = KindName | Literal[""]
else:
    LocatedKind = str
    """As `KindName`."""

Use = Literal["bound", "open", "opening", "cwd", "root", "exe", "mem", "watch", "mount", "loop", "lives"]
"""Ways to use a file."""


class FileUse(Struct, frozen=True, array_like=True):
    """One way in which a file, or a mount, is in use."""

    use: Use
    """cwd, root, exe, mem, open (a descriptor on the mount), opening (a FIFO, perhaps), mount (mounted there), loop
    (behind a loop device), lives (in a network namespace)."""
    pid: int = 0
    """0 for what belongs to no process: a mount, a loop device."""
    start: int = 0
    fd: int = -1
    name: Clean = NOTHING
    """Its path as the kernel writes it for who uses it; of a mount the mount point, of a loop device its name."""
    confidence: Confidence = "proven"
    evidence: Clean = NOTHING
    on_mount: bool = False
    """Whether it is not the file itself that is used, but something on the mount whose root it is."""


class Located(Struct, frozen=True, array_like=True, tag="located"):
    """What the collector found out about a path that somebody typed."""

    id: int = 0
    path: Clean = NOTHING
    """As it was asked for; cleaned."""
    kind: LocatedKind = ""
    """file, directory, fifo, socket, char-device, block-device, namespace; "" where nothing is known."""
    dev: int = 0
    """Device as `stat(2)` says it, `major << 20 | minor`."""
    ino: int = 0
    """Inode as `stat(2)` says it."""
    superblock: int = 0
    """Device by which the kernel's tables name the file system: that of the mount."""
    inner: int = 0
    """Inode by which they name the file."""
    numbered_apart: bool = False
    """Whether the file system numbers its files more than once, so that (superblock, inner) is no identity."""
    mount: Clean = NOTHING
    """Where it is the root of a mount: type and source of that file system, else ""."""
    uses: tuple[FileUse, ...] = ()
    missing: bool = False
    """Whether there is nothing of this name."""
    error: Clean = NOTHING
    """Why nothing is known, or ""."""
    unread: int = 0
    """Processes that could not be asked what they use without a descriptor."""
    blocked: tuple[Blocked, ...] = ()
    """Threads that may be opening it and wait for its other end, where it is a FIFO."""
    notes: tuple[Clean, ...] = ()
    """What was not looked at, and why."""
    systems: tuple[int, ...] = ()
    """Superblocks on which everything counts as a use: of the mount whose root it is, of the block device it is."""
