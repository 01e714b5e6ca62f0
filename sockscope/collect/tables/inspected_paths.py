"""What fdinfo alone does not tell of a descriptor that is looked at: facts of a file, paths of watched inodes."""

import os
from collections.abc import Callable

from sockscope.abi.devices import device_text
from sockscope.abi.strings import Raw
from sockscope.abi.text import NOTHING, clean, ours
from sockscope.collect.tables.mounts import LOCAL_TYPES
from sockscope.kernel.bpf_objects import MAP, PROGRAM, BpfObject, read_name
from sockscope.kernel.filehandle import read_handle_path
from sockscope.kernel.filetype import FileFacts, read_file_facts
from sockscope.kernel.mountinfo import Mount
from sockscope.kernel.procfs import Procfs
from sockscope.kinds.words import entries, number, text
from sockscope.model.descriptor import CleanFields

Add = Callable[[Procfs, CleanFields], None]
"""Adds to the decoded fields of a descriptor what else is known."""
MAX_PATHS = 256
"""Watches of one inotify descriptor whose paths are looked for."""


def add_file_facts(path: Raw, fields: CleanFields) -> None:
    """Add owner and permissions of a file, the size of a regular one, and the number that a device node stands for.

    `bytes`, `links` (names that it has), `owner_uid`, `owner_gid`, `mode` (`0644`), `device` (`1:3`): when its name
    still leads to the same inode of the same mount without any waiting.
    """
    try:
        facts = read_file_facts(path)
    except OSError:
        return  # renamed, deleted, in another mount namespace, or not in the kernel's cache
    add_pinned_facts(facts, fields)


def add_pinned_facts(facts: FileFacts, fields: CleanFields) -> None:
    """Add what is known of a file, where that is the one of inode and mount that fdinfo names."""
    if facts.ino != fields.get("ino") or facts.mount not in {-1, fields.get("mnt_id", facts.mount)}:
        return
    if facts.kind == "file":
        fields |= {"bytes": facts.size, "links": facts.links}
    fields |= {"owner_uid": facts.uid, "owner_gid": facts.gid, "mode": ours("{:04o}", facts.mode)}
    if facts.rdev != (0, 0):
        fields["device"] = ours("{}:{}", *facts.rdev)


def add_file_system(procfs: Procfs, pid: int, fields: CleanFields, kind: str = "") -> None:
    """Add `file_system`, the type of what a file lies in, and `mounted_on`, where that is seen by its holder.

    `mounted_on` of a directory is "" where its mount has no place that its holder sees: one of fsmount(2) or
    open_tree(2), or taken away lazily. Its path begins at the root of that mount then.
    """
    mount_id = number(fields, "mnt_id")
    try:
        mount = procfs.mountinfo(pid).get(-1 if mount_id is None else mount_id)
    except OSError:
        return
    # The mounts of memfds, pipes and sockets are the kernel's own and in no table.
    if mount is not None:
        fields |= {"file_system": mount.fstype, "mounted_on": mount.mount_point}
    elif kind == "directory":
        fields["mounted_on"] = NOTHING


def add_end(procfs: Procfs, fields: CleanFields) -> None:
    """Say of a pidfd that its process has `ended` while it waits to be waited for: fdinfo shows its pid until then.

    Of one that is a handle on a thread (PIDFD_THREAD, Linux 6.9) `process` is whose thread that is.
    """
    pid = fields.get("pid")
    if not isinstance(pid, int) or pid <= 0:
        return
    try:
        fields["ended"] = procfs.stat(pid).has_ended
        process = procfs.process_of(pid)
        fields |= {"process": process} if process not in {0, pid} else {}
    except (OSError, ValueError):
        return  # gone since, or the number is that of a thread, or hidden


def add_watched_paths(procfs: Procfs, fields: CleanFields) -> None:
    """Add `path` to the watches of an inotify descriptor, where their file system is a local one."""
    watches = (entries(fields, "watches") or [])[:MAX_PATHS]
    mount_points = _local_mounts(procfs) if any(watch.get("handle") for watch in watches) else {}
    for watch in watches:
        mount_point = mount_points.get(text(watch, "dev"))
        if mount_point is None or not watch["handle"]:
            continue
        try:
            handle = bytes.fromhex(text(watch, "handle"))
            path = read_handle_path(os.fsencode(mount_point), number(watch, "handle_type") or 0, handle)
        except (OSError, ValueError):
            continue  # CAP_DAC_READ_SEARCH is missing, or the inode is gone: its number is all there is
        watch["path"] = clean(path)


def add_name(kind: BpfObject, identity: str) -> Add:
    """Make what adds the `name` of a bpf map or program, whose id stands under `identity`."""

    def add(_procfs: Procfs, fields: CleanFields) -> None:
        id_ = number(fields, identity)
        if id_ is None:
            return
        try:
            fields["name"] = read_name(kind, id_)
        except OSError:
            return  # it takes CAP_SYS_ADMIN, or the kernel has no bpf(2)

    return add


ADD: dict[str, Add] = {
    "inotify": add_watched_paths,
    "pidfd": add_end,
    "bpf-map": add_name(MAP, "map_id"),
    "bpf-prog": add_name(PROGRAM, "prog_id"),
}
"""What is asked beyond fdinfo, by kind."""


def _local_mounts(procfs: Procfs) -> dict[str, str]:
    """Map devices (`8:1`) of local file systems to a directory where each is mounted, by our own mount table."""
    try:
        mounts = procfs.mountinfo(os.getpid())
    except OSError:
        return {}
    first: dict[int, Mount] = {}
    for mount in mounts.values():
        if mount.fstype in LOCAL_TYPES and mount.root == "/":
            first.setdefault(mount.dev, mount)
    return {device_text(dev): mount.mount_point for dev, mount in first.items()}
