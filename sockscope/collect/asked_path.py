"""Which file a path that somebody typed leads to: asked once, of the kernel, and never opened.

What the kernel has cached it says at once. Where a disk or a server has to be asked, a thread asks, and is left behind
when no answer comes. Symbolic links are followed as open(2) does, but for the links of procfs: behind `fd/N` may be a
file of a server that hangs. `root`, `cwd` and `exe` of a process may stand at the beginning: the way into a container;
and so may its namespaces, which no server answers for.
"""

import errno
import os
import re
from typing import NamedTuple

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean_str, ours
from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.collect.tables.mounts import NUMBERED_APART, MountTables
from sockscope.kernel.filetype import AT_FDCWD, NamedFile, read_named_file, read_pinned_facts
from sockscope.kernel.mountinfo import Mount
from sockscope.kernel.nsfs import read_device
from sockscope.model.descriptor import KindName

_PROC_LINK = re.compile(rb"/proc/(\d{1,10}|self)/(root|cwd|exe|ns/\w{1,32})(?:/+(.*))?", re.DOTALL)
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR})
_HAVE_TO_WAIT = frozenset({errno.EAGAIN, errno.EINVAL, errno.ENOSYS})
"""It is not in the cache, or this kernel cannot say whether it is."""


class AskedFile(NamedTuple):
    """The file behind a path, with the mount it lies on."""

    named: NamedFile
    mount: Mount | None
    """None where it is in no table that could be read."""

    @property
    def superblock(self) -> int:
        """Device by which the kernel's tables name its file system."""
        return self.mount.dev if self.mount else self.named.facts.dev

    @property
    def numbered_apart(self) -> bool:
        """Whether its file system numbers files more than once."""
        return self.mount is None or self.mount.fstype in NUMBERED_APART

    @property
    def block_device(self) -> int:
        """Number of the block device that it is the node of, `major << 20 | minor`; 0 for what is none."""
        facts = self.named.facts
        return facts.rdev[0] << 20 | facts.rdev[1] if facts.kind == "block-device" else 0

    @property
    def kind(self) -> KindName:
        """As `FileFacts.kind`, and `socket` and `namespace`."""
        if self.named.facts.dev == read_device() != 0:
            return "namespace"
        return "socket" if self.named.socket else self.named.facts.kind


class PathError(Exception):
    """The path leads nowhere that could be seen; one clause says why."""

    def __init__(self, why: Clean, *, missing: bool = False) -> None:
        """Say `why`; `missing` where there is certainly nothing of that name."""
        super().__init__(why)
        self.why = why
        self.missing = missing


class AskedPaths:
    """Ask for files by name."""

    def __init__(self, mounts: MountTables) -> None:
        """Look mounts up in `mounts`."""
        self._mounts = mounts
        self._patience = Patience()

    def read(self, path: bytes) -> AskedFile:
        """Find out which file an absolute path leads to.

        Raises:
            PathError: to none, or to none that this user may see, or nobody has answered in time.
        """
        if b"\0" in path:
            msg = ours("no name has a NUL in it")
            raise PathError(msg, missing=True)
        found = _PROC_LINK.fullmatch(path)
        pid = os.getpid() if found is None or found[1] == b"self" else int(found[1])
        try:
            named = self._inside(path, found) if found else self._named(path)
        except NoAnswerError:
            msg = ours("its file system does not answer")
            raise PathError(msg) from None
        except OSError as error:
            raise _refusal(error) from error
        table = self._mounts.table(pid, self._mounts.namespace(pid))
        return AskedFile(named, table.by_id.get(named.facts.mount))

    def cached(self, path: bytes, root: int = AT_FDCWD) -> NamedFile | None:
        """Say what the kernel knows of a name without asking anybody; None where that is nothing."""
        try:
            return read_named_file(path, root)
        except OSError:
            return None

    def close(self) -> None:
        """Wait for nobody any more."""
        self._patience.close()

    def _inside(self, path: bytes, found: re.Match[bytes]) -> NamedFile:
        link = path[: found.end(2)]
        if found[2] == b"exe" or found[2].startswith(b"ns/"):
            facts = self._patience.ask(link, lambda: read_pinned_facts(link))
            return NamedFile(facts, socket=False, mount_root=False, inner=facts.ino)
        root = self._patience.ask(link, lambda: os.open(link, os.O_PATH | os.O_CLOEXEC))
        try:
            return self._named(found[3] or b".", root)
        finally:
            os.close(root)

    def _named(self, path: bytes, root: int = AT_FDCWD) -> NamedFile:
        try:
            return read_named_file(path, root)
        except OSError as error:
            if error.errno not in _HAVE_TO_WAIT:
                raise
        return self._patience.ask(path, lambda: read_named_file(path, root, cached=False))


def _refusal(error: OSError) -> PathError:
    if error.errno in _NOT_THERE:
        return PathError(ours("there is nothing of this name"), missing=True)
    if error.errno == errno.ELOOP:
        return PathError(ours("it leads through a link of procfs, which is not followed, or through too many links"))
    return PathError(clean_str((error.strerror or "it cannot be looked up").lower()))
