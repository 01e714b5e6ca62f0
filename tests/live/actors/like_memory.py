"""A file whose link reads as that of a memfd: removed, at the root of its mounts. Argument: a directory. Root."""

import ctypes
import os
import platform
import sys

import stage

PIVOT_ROOT = {"x86_64": 155}.get(platform.machine(), 41)
MNT_DETACH = 2
NAME = "/memfd:pool"

stage.own_mounts()
stage.mount("tmpfs", sys.argv[1], "tmpfs")
os.chdir(sys.argv[1])
stage.check(stage.libc.syscall(ctypes.c_long(PIVOT_ROOT), b".", b"."), "pivot_root")
stage.check(stage.libc.umount2(b".", MNT_DETACH), "umount2")
file = os.open(NAME, os.O_RDWR | os.O_CREAT)
os.unlink(NAME)
memory = os.memfd_create("pool")
stage.tell(file=stage.here(file), memory=stage.here(memory))
