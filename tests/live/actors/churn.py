"""Many sockets that live long, beside a process that opens and closes others without rest. (F12)"""

import resource
import socket

import stage

COUNT = 400
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
pairs = [socket.socketpair() for _ in range(COUNT)]


def hurry() -> None:
    opened = [socket.socketpair() for _ in range(64)]
    for pair in opened:
        for end in pair:
            end.close()


def let_go() -> None:
    for pair in pairs:
        for end in pair:
            end.close()


restless = stage.child(let_go, then=hurry)
stage.tell(inodes=[stage.inode(end.fileno()) for pair in pairs for end in pair], restless=restless)
