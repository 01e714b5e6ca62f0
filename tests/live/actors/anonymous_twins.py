"""Two objects of each kind that sits on the shared inode, and a duplicate of the first: `twins` name to three numbers.

Beside them what has an inode or a number of its own, as `own`; and `missing` name to errno, if it was not made.
"""

import ctypes
import os
import select
import struct

import stage

NUMBERS = {"x86_64": {"perf": 298}, "aarch64": {"perf": 241}}[os.uname().machine] | {"landlock": 444, "fsopen": 430}


def call(name, *arguments):
    return stage.check(stage.libc.syscall(NUMBERS[name], *arguments), name)


def perf_event():
    """A software event (PERF_COUNT_SW_DUMMY) that counts nothing."""
    return call("perf", ctypes.c_char_p(struct.pack("=IIQ48x", 1, 64, 9)), 0, -1, -1, 0)


def landlock():
    return call("landlock", ctypes.c_char_p(struct.pack("=Q", 1)), 8, 0)


def fscontext():
    """A file system that is being made up, and of which nothing is mounted (fsopen(2))."""
    return call("fsopen", b"tmpfs", 0)


def epoll():
    return stage.keep(select.epoll()).fileno()


twins, missing = {}, {}
for make in (perf_event, landlock, fscontext, epoll):
    try:
        first, other = make(), make()
    except OSError as error:
        missing[make.__name__] = error.errno
    else:
        twins[make.__name__] = [first, os.dup(first), other]
stage.tell(twins=twins, missing=missing, own={"pipe": os.pipe()[0], "eventfd": os.eventfd(0)})
