"""A file system that is kept busy in seven ways, in a mount namespace of its own. Argument: an empty directory.

Who asks has to come by `/proc/PID/root`: the mount is in nobody else's namespace.
"""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import stage

place = Path(sys.argv[1])
stage.own_mounts()
stage.mount("busy", str(place), "tmpfs")
other = place.parent / "elsewhere"
other.mkdir(exist_ok=True)
stage.mount(str(place), str(other), "", flags=0x1000)  # MS_BIND
(place / "root").mkdir()
(place / "below").mkdir()
stage.mount("below", str(place / "below"), "tmpfs")
(place / "data").write_bytes(bytes(8192))
shutil.copy("/bin/sleep", place / "sleep")


def cwd() -> None:
    os.chdir(place)


def opened() -> dict[str, Any]:
    file = stage.keep((place / "log").open("w"))
    return {"fd": file.fileno()}


def mapped_without_descriptor() -> None:
    """Map without the duplicate of the descriptor that Python's mmap keeps."""
    file = os.open(place / "data", os.O_RDWR)
    address = stage.libc.mmap(None, 8192, 1, 2, file, 0)
    assert address not in {0, -1}
    os.close(file)


def root() -> None:
    os.chroot(place / "root")
    os.chdir("/")


def through_other() -> dict[str, Any]:
    return {"fd": stage.keep((other / "log").open("a")).fileno()}


def bound() -> dict[str, Any]:
    listener = stage.keep(socket.socket(socket.AF_UNIX))
    listener.bind(str(place / "x.sock"))
    listener.listen()
    return {"fd": listener.fileno()}


parts = {one.__name__: stage.child(one) for one in (cwd, opened, mapped_without_descriptor, root, through_other, bound)}
program = subprocess.Popen([place / "sleep", "1000"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
stage.tell(mount=str(place), program={"pid": program.pid}, **parts)
