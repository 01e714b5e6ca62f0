"""A listener of a prefork server whose workers wait for it with select(2) and poll(2); a third only holds it."""

import os
import select
import socket
from typing import Any

import stage

listener = socket.create_server(("127.0.0.1", 0))
other, _ = socket.socketpair()
stage.keep(_)
plain = os.open(__file__, os.O_RDONLY)


def polls() -> None:
    poll = select.poll()
    poll.register(other, select.POLLIN)
    poll.register(listener, select.POLLIN)
    poll.poll()


def fd() -> dict[str, Any]:
    return {"fd": listener.fileno(), "other": other.fileno(), "file": plain}


waits = {
    "selects": stage.child(fd, then=lambda: select.select([listener], [], [other])),
    "polls": stage.child(fd, then=polls),
    "sleeps": stage.child(fd),
}
stage.tell(**waits, other=other.fileno())
