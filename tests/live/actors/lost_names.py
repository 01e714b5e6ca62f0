"""Descriptors whose name leads elsewhere or nowhere. Argument: a directory. Needs root.

A FIFO, a device node and a directory whose names were removed, that were mounted over, or whose mount was taken away
lazily; a mount that never had a place; and O_PATH descriptors of what cannot be opened.
"""

import ctypes
import os
import socket
import sys

import stage

MNT_DETACH = 2
OPEN_TREE_CLONE = 1
SYS_OPEN_TREE, SYS_FSOPEN, SYS_FSCONFIG, SYS_FSMOUNT = 428, 430, 431, 432
FSCONFIG_CMD_CREATE = 6
AT_FDCWD = -100

Opened = dict[str, dict[str, int]]


def trio(place: str) -> Opened:
    """Make a FIFO, a device node and a directory and open them."""
    os.mkfifo(f"{place}/fifo")
    os.mknod(f"{place}/zero", 0o20666, os.makedev(1, 5))
    os.mkdir(f"{place}/directory")
    reader = os.open(f"{place}/fifo", os.O_RDONLY | os.O_NONBLOCK)
    return {
        "reader": stage.here(reader),
        "writer": stage.here(os.open(f"{place}/fifo", os.O_WRONLY)),
        "device": stage.here(os.open(f"{place}/zero", os.O_RDONLY)),
        "directory": stage.here(os.open(f"{place}/directory", os.O_RDONLY)),
    }


def made(place: str, name: str) -> str:
    """Make a directory for one way of losing a name."""
    os.mkdir(f"{place}/{name}")
    return f"{place}/{name}"


def removed(place: str) -> Opened:
    """Remove the names, and give one of them to a file."""
    opened = trio(place)
    os.unlink(f"{place}/fifo")
    os.unlink(f"{place}/zero")
    os.rmdir(f"{place}/directory")
    return opened


def replaced(place: str) -> Opened:
    """Give the names to files that say nothing of what had them."""
    opened = trio(place)
    for name in ("fifo", "zero", "directory"):
        os.rename(f"{place}/{name}", f"{place}/was_{name}")
        with open(f"{place}/{name}", "w", encoding="ascii"):
            pass
    return opened


def covered(place: str) -> Opened:
    """Mount another file system over them."""
    opened = trio(place)
    stage.mount("tmpfs", place, "tmpfs")
    return opened


def detached(place: str) -> Opened:
    """Take their file system away while they are open."""
    stage.mount("tmpfs", place, "tmpfs")
    opened = trio(place)
    stage.check(stage.libc.umount2(place.encode(), MNT_DETACH), "umount2")
    return opened


def call(number: int, *arguments: object) -> int:
    """Make a system call that libc has no name for."""
    return stage.check(stage.libc.syscall(ctypes.c_long(number), *arguments), f"system call {number}")


def placeless(place: str) -> Opened:
    """Make mounts that have no place: one of a new file system, one of a part of the tree."""
    context = call(SYS_FSOPEN, b"tmpfs", 0)
    call(SYS_FSCONFIG, context, FSCONFIG_CMD_CREATE, None, None, 0)
    mount = call(SYS_FSMOUNT, context, 0, 0)
    os.close(context)
    os.mkfifo(f"{place}/fifo")
    tree = call(SYS_OPEN_TREE, AT_FDCWD, f"{place}/fifo".encode(), OPEN_TREE_CLONE | os.O_CLOEXEC)
    return {"fsmount": stage.here(mount), "open_tree": stage.here(tree)}


def named_only(place: str) -> Opened:
    """Open what cannot be opened, or is not to be, as O_PATH."""
    opened = trio(place)
    os.symlink("/nowhere", f"{place}/symlink")
    stage.keep(socket.socket(socket.AF_UNIX)).bind(f"{place}/socket")
    names = ("fifo", "zero", "directory", "symlink", "socket")
    pinned = {name: stage.here(os.open(f"{place}/{name}", os.O_PATH | os.O_NOFOLLOW)) for name in names}
    return {**pinned, "reader": opened["reader"], "writer": opened["writer"]}


stage.own_mounts()
WAYS = (removed, replaced, covered, detached, placeless, named_only)
stage.tell(**{way.__name__: way(made(sys.argv[1], way.__name__)) for way in WAYS})
