"""One TCP listener in three processes through fork. The first child waits on it with epoll, the others only hold it."""

import os
import select
import socket

import stage

listener = socket.create_server(("127.0.0.1", 0), backlog=7)
instances: list[select.epoll] = []


def watch() -> dict[str, object]:
    instance = select.epoll()
    instance.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE)
    instances.append(instance)
    return {"fd": listener.fileno(), "epoll": instance.fileno()}


def wait() -> None:
    instances[0].poll()


waiting = stage.child(watch, then=wait)
holding = stage.child(lambda: {"fd": listener.fileno()})
stage.tell(
    port=listener.getsockname()[1],
    backlog=7,
    listener=stage.here(listener.fileno()),
    waiting=waiting,
    holding=holding,
    pgid=os.getpgid(0),
)
