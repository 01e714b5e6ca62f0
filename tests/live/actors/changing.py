"""One server that does as it is told, a word a line: leaks connections to itself, or listens at one more port."""

import json
import os
import socket
import sys

import stage

LEAKED = 25
listener = stage.keep(socket.create_server(("127.0.0.1", 0), backlog=LEAKED))
port = listener.getsockname()[1]


def connect() -> None:
    """Open one connection, both ends of which stay open."""
    stage.keep(socket.create_connection(("127.0.0.1", port)))
    stage.keep(listener.accept()[0])


for _ in range(2):
    connect()
print(json.dumps({"pid": os.getpid(), "port": port, "leaked": LEAKED}), flush=True)
for line in sys.stdin:
    told: dict[str, int] = {}
    if line == "leak\n":
        for _ in range(LEAKED):
            connect()
    else:
        added = stage.keep(socket.create_server(("127.0.0.1", 0)))
        told = {"port": added.getsockname()[1], "fd": added.fileno()}
    print(json.dumps(told), flush=True)
