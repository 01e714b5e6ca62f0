"""A master opened before other terminals were mounted at /dev/pts, and a terminal of equal number there. Needs root."""

import fcntl
import os
import select
import struct

import stage

TIOCGPTN, TIOCSPTLCK = 0x80045430, 0x40045431


def opened(path: str) -> tuple[int, int]:
    """Open a master and unlock its terminal; return it with the number."""
    master = os.open(path, os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(master, TIOCSPTLCK, struct.pack("i", 0))
    return master, struct.unpack("i", fcntl.ioctl(master, TIOCGPTN, b"\0" * 4))[0]


stage.own_mounts()
old, number = opened("/dev/ptmx")
stage.mount("devpts", "/dev/pts", "devpts", "newinstance,ptmxmode=0666")
new, other = opened("/dev/pts/ptmx")
while other != number:
    stage.keep(new)
    new, other = opened("/dev/pts/ptmx")
slave = os.open(f"/dev/pts/{number}", os.O_RDWR | os.O_NOCTTY)
os.write(slave, b"\n")
ready, _, _ = select.select([old, new], [], [], 10)
stage.tell(old=stage.here(old), new=stage.here(new), slave=stage.here(slave), heard_by=[stage.here(fd) for fd in ready])
