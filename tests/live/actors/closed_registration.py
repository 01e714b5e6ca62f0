"""An epoll inherited by fork; the child has closed the watched socket and reused its number. (F2)"""

import os
import select
import socket

import stage

watched, other = socket.socketpair()
number = watched.fileno()
instance = select.epoll()
instance.register(number, select.EPOLLIN | select.EPOLLRDHUP)


def reuse_number() -> dict[str, object]:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, number)
    os.close(null)
    return {"fd": number, "epoll": instance.fileno()}


stage.tell(
    epoll=instance.fileno(),
    watched=stage.here(number),
    other=stage.here(other.fileno()),
    child=stage.child(reuse_number),
)
