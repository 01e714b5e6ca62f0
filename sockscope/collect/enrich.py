"""What fdinfo alone does not tell of a descriptor that is looked at: sizes, and the paths of watched inodes."""

import os

from sockscope.collect.mounts import LOCAL_TYPES
from sockscope.kernel.filehandle import read_handle_path
from sockscope.kernel.filetype import read_file_facts
from sockscope.kernel.mountinfo import Mount, parse_mountinfo
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.text import clean
from sockscope.model.descriptor import Fields

MOUNTS_LIMIT = 16 << 20
MAX_PATHS = 256
"""Watches of one inotify descriptor whose paths are looked for."""


def add_size(path: bytes, fields: Fields) -> None:
    """Add `bytes`, the size of a file, when its name still leads to the same inode without any waiting."""
    try:
        facts = read_file_facts(path)
    except OSError:
        return  # renamed, deleted, in another mount namespace, or not in the kernel's cache
    if facts.kind == "file" and facts.ino == fields.get("ino"):
        fields["bytes"] = facts.size


def add_watched_paths(procfs: Procfs, fields: Fields) -> None:
    """Add `path` to the watches of an inotify descriptor, where their file system is a local one."""
    watches = fields.get("watches", [])[:MAX_PATHS]
    places = _local_mounts(procfs) if any(watch.get("handle") for watch in watches) else {}
    for watch in watches:
        place = places.get(watch["dev"])
        if place is None or not watch["handle"]:
            continue
        try:
            path = read_handle_path(os.fsencode(place), watch["handle_type"], bytes.fromhex(watch["handle"]))
        except (OSError, ValueError):
            continue  # CAP_DAC_READ_SEARCH is missing, or the inode is gone: its number is all there is
        watch["path"] = clean(path)


def _local_mounts(procfs: Procfs) -> dict[int, str]:
    """Map devices of local file systems to a directory where each is mounted, by our own mount table."""
    try:
        mounts = parse_mountinfo(procfs.read(os.getpid(), "mountinfo", MOUNTS_LIMIT))
    except OSError:
        return {}
    places: dict[int, Mount] = {}
    for mount in mounts.values():
        if mount.fstype in LOCAL_TYPES and mount.root == "/":
            places.setdefault(mount.dev, mount)
    return {dev: mount.mount_point for dev, mount in places.items()}
