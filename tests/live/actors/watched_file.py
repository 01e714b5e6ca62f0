"""One file held open, and its directory; a child watches both with one inotify and the file with another."""

import os
import tempfile

import stage

IN_MODIFY, IN_CREATE = 0x2, 0x100
directory = stage.keep(tempfile.TemporaryDirectory())
path = os.path.join(directory.name, "log")
file = os.open(path, os.O_RDWR | os.O_CREAT)
folder = os.open(directory.name, os.O_RDONLY | os.O_DIRECTORY)
other = os.open(os.path.join(directory.name, "other"), os.O_RDWR | os.O_CREAT)


def watching(*watches: tuple[str, int]) -> int:
    fd = stage.check(stage.libc.inotify_init1(0), "inotify_init1")
    for name, mask in watches:
        stage.check(stage.libc.inotify_add_watch(fd, name.encode(), mask), "inotify_add_watch")
    return fd


def watch() -> dict[str, object]:
    both = watching((path, IN_MODIFY), (directory.name, IN_CREATE))
    one = watching((path, IN_MODIFY))
    return {"both": stage.here(both), "again": stage.here(os.dup(both)), "one": stage.here(one)}


child = stage.child(watch)
stage.tell(file=stage.here(file), folder=stage.here(folder), other=stage.here(other), child=child)
