"""A pre-fork server: one listener in three processes, a socketpair to each worker, and one worker that waits."""

import os
import select
import socket

from sockscope.demo.backstage import Truth, child, group, keep

BACKLOG = 64


def play() -> Truth:
    """Start the master and its two workers."""
    return group("demo: server: master process", _master)


def _master() -> Truth:
    listener = keep(socket.create_server(("127.0.0.1", 0), backlog=BACKLOG))
    busy = _worker("demo: server: worker 1, waits on the listener", listener, waits=True)
    idle = _worker(
        "demo: server: worker 2, only holds the listener", listener, waits=False, foreign=busy["master_channel"]
    )
    return {"listener": listener.fileno(), "port": listener.getsockname()[1], "workers": [busy, idle]}


def _worker(title: str, listener: socket.socket, *, waits: bool, foreign: int = -1) -> Truth:
    """Start a worker; `foreign` is the master's end of a channel that is not this worker's."""
    ours, theirs = socket.socketpair()
    instances: list[select.epoll] = []

    def watch() -> Truth:
        ours.close()
        if foreign >= 0:
            os.close(foreign)
        instance = select.epoll()
        instance.register(theirs, select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET)
        if waits:
            instance.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE)
        instances.append(instance)
        return {"channel": theirs.fileno(), "epoll": instance.fileno()}

    def wait() -> None:
        instances[0].poll()

    made = child(title, watch, then=wait)
    theirs.close()
    return {**made, "master_channel": keep(ours).fileno()}
