"""A file that two processes hold: the child has locked a part of it, a grandchild waits for that, nobody else has.

Three more files, each opened twice, are locked as a whole by one of the two open files: with flock(2) by a process that
closed it since and left it to its parent, as an open file, and by a lease. Two read locks of one file read alike.
"""

import fcntl
import os
import struct
import tempfile

import stage

directory = stage.keep(tempfile.TemporaryDirectory())
file = os.open(os.path.join(directory.name, "data"), os.O_RDWR | os.O_CREAT)
beside = os.open(os.path.join(directory.name, "beside"), os.O_RDWR | os.O_CREAT)


def lock() -> dict[str, int]:
    fcntl.lockf(file, fcntl.LOCK_EX, 10, 100)
    return stage.here(file)


child = stage.child(lock)
waiter = stage.child(lambda: stage.here(file), then=lambda: fcntl.lockf(file, fcntl.LOCK_EX, 10, 100))


F_OFD_SETLK, F_SETLEASE = 37, 1024


def twice(name: str, flags: int = os.O_RDWR) -> list[int]:
    path = os.path.join(directory.name, name)
    os.close(os.open(path, os.O_CREAT))
    return [os.open(path, flags), os.open(path, flags)]


def of_open_file(number: int, kind: int) -> None:
    fcntl.fcntl(number, F_OFD_SETLK, struct.pack("hhqqi4x", kind, 0, 0, 0, 0))


def leave() -> dict[str, int]:
    fcntl.flock(left[0], fcntl.LOCK_EX)
    os.close(left[0])
    return {}


pairs = {name: twice(name, os.O_RDONLY if name == "lease" else os.O_RDWR) for name in ("left", "ofd", "lease", "alike")}
left, ofd, lease, alike = pairs.values()
setter = stage.child(leave)
of_open_file(ofd[0], fcntl.F_WRLCK)
fcntl.fcntl(lease[0], F_SETLEASE, fcntl.F_RDLCK)
for one in alike:
    of_open_file(one, fcntl.F_RDLCK)
stage.tell(
    **{name: [stage.here(one) for one in two] for name, two in pairs.items()},
    setter=setter,
    file=stage.here(file),
    beside=stage.here(beside),
    child=child,
    waiter=waiter,
)
