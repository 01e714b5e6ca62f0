"""A network namespace with a vxlan, whose socket is the kernel's. `missing` where the kernel has none."""

import ctypes
import os
import shutil
import subprocess

import stage

CLONE_NEWNET = 0x4000_0000
IP = shutil.which("ip", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")


def ip(*words: str) -> None:
    subprocess.run([IP, *words], check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


stage.check(stage.libc.unshare(ctypes.c_int(CLONE_NEWNET)), "unshare")
try:
    ip("link", "add", "name", "vx", "type", "vxlan", "id", "1", "dstport", "4789", "dev", "lo")
    ip("link", "set", "dev", "vx", "up")
except subprocess.CalledProcessError:
    stage.tell(missing=True)
else:
    stage.tell(netns=os.stat("/proc/self/ns/net").st_ino)
