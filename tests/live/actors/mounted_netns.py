"""A network namespace that is mounted on a file in a mount namespace of its own. Argument: the file, which is made.

Nobody lives there, and nobody else sees the mount; a socket that listens there is held from outside.
"""

import os
import socket
import sys

import stage

CLONE_NEWNET = 0x4000_0000
MS_BIND = 4096

place = sys.argv[1]
os.close(os.open(place, os.O_CREAT))
stage.own_mounts()
home = os.open("/proc/self/ns/net", os.O_RDONLY)
stage.check(stage.libc.unshare(CLONE_NEWNET), "unshare")
netns = os.stat("/proc/self/ns/net").st_ino
listener = socket.socket()
listener.bind(("0.0.0.0", 0))
listener.listen()
stage.mount("/proc/self/ns/net", place, "", flags=MS_BIND)
stage.check(stage.libc.setns(home, CLONE_NEWNET), "setns")
os.close(home)
stage.tell(netns=netns, listener=stage.here(listener.fileno()), port=listener.getsockname()[1])
