"""A file system on a loop device that is kept busy, in a mount namespace of its own. Argument: a directory.

The device is set free by the kernel when the last mount of it is gone, that is, when the actor ends.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import stage

place = Path(sys.argv[1])
image, mounted = place / "image", place / "mounted"
mounted.mkdir()
with image.open("wb") as file:
    file.truncate(4 << 20)
device = subprocess.check_output(["losetup", "--find", "--show", image], text=True).strip()
try:
    subprocess.run(["mkfs.ext4", "-q", device], check=True, stdout=subprocess.DEVNULL)
    stage.own_mounts()
    stage.mount(device, str(mounted), "ext4")
finally:
    subprocess.run(["losetup", "--detach", device], check=True)


def cwd() -> None:
    os.chdir(mounted)


def opened() -> dict[str, Any]:
    return {"fd": stage.keep((mounted / "log").open("w")).fileno()}


def mapped() -> None:
    (mounted / "data").write_bytes(bytes(8192))
    file = os.open(mounted / "data", os.O_RDWR)
    assert stage.libc.mmap(None, 8192, 1, 2, file, 0) not in {0, -1}
    os.close(file)


def bound() -> dict[str, Any]:
    listener = stage.keep(socket.socket(socket.AF_UNIX))
    listener.bind(str(mounted / "x.sock"))
    listener.listen()
    return {"fd": listener.fileno()}


def elsewhere() -> dict[str, Any]:
    return {"fd": stage.keep((place / "not there").open("w")).fileno()}


parts = {one.__name__: stage.child(one) for one in (cwd, opened, mapped, bound, elsewhere)}
stage.tell(device=device, mounted=str(mounted), image=str(image), **parts)
