"""Two subvolumes of one btrfs with a FIFO, a file and a socket each, of equal inode numbers. Argument: a directory.

The loop device is set free by the kernel when the mount is gone, that is, when the actor ends.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

import stage

SUBVOL_CREATE = 0x5000_940E
"""BTRFS_IOC_SUBVOL_CREATE of linux/btrfs.h."""
place = Path(sys.argv[1])
image, mounted = place / "image", place / "mounted"
mounted.mkdir()
with image.open("wb") as file:
    file.truncate(128 << 20)
subprocess.run(["mkfs.btrfs", "-q", image], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
device = subprocess.check_output(["losetup", "--find", "--show", image], text=True).strip()
try:
    stage.own_mounts()
    stage.mount(device, str(mounted), "btrfs")
finally:
    subprocess.run(["losetup", "--detach", device], check=True)


def fill(name: str) -> dict[str, dict[str, int]]:
    """Make a subvolume, and in it one of each in the same order."""
    top = os.open(mounted, os.O_RDONLY)
    fcntl.ioctl(top, SUBVOL_CREATE, bytearray(struct.pack("q4088s", 0, name.encode())))
    os.close(top)
    inside = mounted / name
    os.mkfifo(inside / "fifo")
    listener = stage.keep(socket.socket(socket.AF_UNIX))
    listener.bind(str(inside / "sock"))
    listener.listen()
    opened = {"file": os.open(inside / "file", os.O_CREAT | os.O_RDWR), "fifo": os.open(inside / "fifo", os.O_RDWR)}
    return {"sock": stage.here(listener.fileno()), **{what: stage.here(fd) for what, fd in opened.items()}}


one, other = fill("one"), fill("other")
fcntl.lockf(one["file"]["fd"], fcntl.LOCK_EX)
stage.tell(mounted=str(mounted), one=one, other=other)
