"""A child in a network namespace of its own, with a listener on port 7777 and a loopback connection to it. (F14)"""

import ctypes
import fcntl
import os
import socket
import struct

import stage

CLONE_NEWNET = 0x4000_0000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def settle() -> dict[str, object]:
    stage.check(stage.libc.unshare(ctypes.c_int(CLONE_NEWNET)), "unshare")
    raise_loopback()
    listener = socket.create_server(("127.0.0.1", 7777), backlog=6)
    client = socket.create_connection(("127.0.0.1", 7777))
    accepted, _ = listener.accept()
    ours, theirs = socket.socketpair()
    sockets = stage.keep([listener, client, accepted, ours, theirs])
    names = ["listener", "client", "accepted", "ours", "theirs"]
    return {
        "netns": os.stat("/proc/self/ns/net").st_ino,
        **{name: stage.here(it.fileno()) for name, it in zip(names, sockets, strict=True)},
    }


stage.tell(netns=os.stat("/proc/self/ns/net").st_ino, child=stage.child(settle))
