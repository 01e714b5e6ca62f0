"""A socket bound to a network interface whose name steers a terminal, in a network namespace of its own."""

import fcntl
import os
import socket
import struct

import stage

CLONE_NEWNET = 0x4000_0000
SIOCSIFNAME = 0x8923
NAME = b"\x1b]0;owned\x07\x1b[7"

stage.check(stage.libc.unshare(CLONE_NEWNET), "unshare")
asking = stage.keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
# An interface that is down may be renamed by whoever has CAP_NET_ADMIN in its namespace: any user, in one of his own.
fcntl.ioctl(asking, SIOCSIFNAME, struct.pack("16s16s", b"lo", NAME))
bound = stage.keep(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, NAME + b"\0")
stage.tell(pid=os.getpid(), bound=stage.here(bound.fileno()))
