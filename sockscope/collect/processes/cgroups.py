"""Cgroup ids to paths: on a 64-bit kernel the id of a cgroup is the inode of its directory (`fs/kernfs`)."""

import os
from collections.abc import Iterator

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, clean_str, ours
from sockscope.kernel.mountinfo import Mount

MAX_DIRECTORIES = 20_000
"""Directories that one walk looks at; a host has hundreds."""


class CgroupPaths:
    """Paths by id, learnt by walking the hierarchy when an id is not known, once a refresh at most."""

    def __init__(self, root: str = "") -> None:
        """Look below `root`, the mount point of the unified hierarchy, or know nothing without one."""
        self.root = root
        self._paths: dict[int, Clean] = {}
        self._lost: set[int] = set()
        """Ids that no directory has: the cgroup was removed, and its id is not used again."""
        self._walked = False

    def begin(self) -> None:
        """Start a refresh: the hierarchy may be walked again."""
        self._walked = False

    def path(self, number: int) -> Clean:
        """Return the path of a cgroup within the hierarchy (`/` its root), "" where it is gone or not mounted."""
        if not number or not self.root:
            return NOTHING
        known = self._paths.get(number)
        if known is None and number not in self._lost and not self._walked:
            self._walk()
            known = self._paths.get(number)
            if known is None:
                self._lost.add(number)
        return known or NOTHING

    def _walk(self) -> None:
        self._walked = True
        try:
            self._paths = {os.stat(self.root).st_ino: ours("/")}
        except OSError:
            self._paths = {}
            return
        for count, entry in enumerate(_directories(self.root)):
            if count >= MAX_DIRECTORIES:
                break
            self._paths[entry.inode()] = clean_str(entry.path[len(self.root) :])


def unified_mount(mounts: list[Mount]) -> Clean:
    """Find where the unified hierarchy is mounted, "" where it is not. A pure cgroup v1 host has none."""
    return next((mount.mount_point for mount in mounts if mount.fstype == "cgroup2"), NOTHING)


def _directories(path: str) -> Iterator[os.DirEntry[str]]:
    try:
        entries = os.scandir(path)
    except OSError:
        return  # removed since it was listed, or not readable
    with entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield entry
                yield from _directories(entry.path)
