"""A connection that nobody accepts, and descriptors in a message that nobody receives."""

import array
import os
import socket

from sockscope.demo.backstage import Truth, child, group, keep

BACKLOG = 8
CARGO = 3
"""Descriptors sent and not received."""


def play() -> Truth:
    """Start the server that does not answer and its client, and the two ends of the message."""
    return {"queue": group("demo: server that never accepts", _deaf), "flight": group("demo: sender", _sender)}


def _deaf() -> Truth:
    listener = keep(socket.create_server(("127.0.0.1", 0), backlog=BACKLOG))

    def connect() -> Truth:
        listener_address = listener.getsockname()
        listener.close()
        return {"fd": keep(socket.create_connection(listener_address)).fileno()}

    client = child("demo: client that is not answered", connect)
    return {"listener": listener.fileno(), "port": listener.getsockname()[1], "client": client}


def _sender() -> Truth:
    ours, theirs = socket.socketpair()

    def receive() -> Truth:
        ours.close()
        return {"fd": keep(theirs).fileno()}

    receiver = child("demo: receiver that does not read", receive)
    cargo = [os.eventfd(0) for _ in range(CARGO)]
    ours.sendmsg([b"take these"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", cargo))])
    for fd in cargo:
        os.close(fd)
    theirs.close()
    return {"fd": keep(ours).fileno(), "receiver": receiver}
