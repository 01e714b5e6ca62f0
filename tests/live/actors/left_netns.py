"""Sockets that were made in a network namespace which nobody lives in any more."""

import os
import socket

import stage

CLONE_NEWNET = 0x4000_0000

home = os.open("/proc/self/ns/net", os.O_RDONLY)
stage.check(stage.libc.unshare(CLONE_NEWNET), "unshare")
left = os.stat("/proc/self/ns/net").st_ino
listener = socket.socket()
listener.bind(("0.0.0.0", 0))
listener.listen()
packets, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, socket.NETLINK_ROUTE)
cooked = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
stage.check(stage.libc.setns(home, CLONE_NEWNET), "setns")
os.close(home)
stage.tell(
    netns=left,
    port=listener.getsockname()[1],
    listener=stage.here(listener.fileno()),
    packets=stage.here(packets.fileno()),
    netlink=stage.here(netlink.fileno()),
    cooked=stage.here(cooked.fileno()),
)
