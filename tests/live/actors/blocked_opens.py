"""Threads that wait in open(2) of a FIFO, and one whose opening of a file nobody allows. Argument: a directory.

On a tmpfs of our own: a reader of one FIFO, which its arguments name, and a writer of another, which none names; we
hold the latter by name only, and both ends of a third. A fourth, which we hold by name too, is open to everybody, and
somebody without any rights writes to it. What is asked of the group is never answered: whoever asks it
is ended with us, and the group with its only holder. Needs root.
"""

import ctypes
import os
import sys

import stage

FAN_CLASS_CONTENT, FAN_MARK_ADD, FAN_MARK_MOUNT, FAN_OPEN_PERM, AT_FDCWD = 0x4, 0x1, 0x10, 0x10000, -100
NOBODY = 65534
place = sys.argv[1]
alone, other, third, public = (os.path.join(place, name) for name in ("alone", "other", "third", "public"))


def named() -> None:
    """Become a program that opens the FIFO that is its argument."""
    os.execvp("cat", ["cat", alone])


def unnamed() -> None:
    """Open the other FIFO for writing, which no argument of ours tells."""
    os.open(other, os.O_WRONLY)


def limited() -> None:
    """Open the FIFO that is open to everybody, as nobody who may open another."""
    os.chdir(place)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    stage.die_with(os.getppid())  # who changes his user has to ask for that again
    os.open("public", os.O_WRONLY)


def asking() -> None:
    """Open a file that a group has to allow."""
    os.close(group)
    os.open(os.path.join(asked, "file"), os.O_RDONLY)


stage.own_mounts()
stage.mount("tmpfs", place, "tmpfs")
for path in (alone, other, third, public):
    os.mkfifo(path, 0o600)
os.chmod(public, 0o666)
everybodys, by_name, both = os.open(public, os.O_PATH), os.open(other, os.O_PATH), os.open(third, os.O_RDWR)
asked = os.path.join(place, "asked")
os.mkdir(asked)
stage.mount("tmpfs", asked, "tmpfs")
with open(os.path.join(asked, "file"), "w", encoding="ascii") as file:
    file.write("x")

reader, writer, stranger = (stage.child(dict, then) for then in (named, unnamed, limited))
group = stage.check(stage.libc.fanotify_init(FAN_CLASS_CONTENT, os.O_RDONLY), "fanotify_init")
stage.check(
    stage.libc.fanotify_mark(
        group, FAN_MARK_ADD | FAN_MARK_MOUNT, ctypes.c_uint64(FAN_OPEN_PERM), AT_FDCWD, asked.encode()
    ),
    "fanotify_mark",
)
asker = stage.child(dict, asking)
stage.tell(
    root=f"/proc/{os.getpid()}/root",
    alone=alone,
    other=stage.here(by_name),
    both=stage.here(both),
    reader=reader["pid"],
    writer=writer["pid"],
    public=stage.here(everybodys),
    stranger=stranger["pid"],
    group=stage.here(group),
    asker=asker["pid"],
)
