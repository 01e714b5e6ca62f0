"""Connections that wait in the queue of a listener that never accepts. Argument: `tcp`, or a unix path. (F5, F6)"""

import socket
import sys

import stage

if sys.argv[1] == "tcp":
    listener = socket.create_server(("127.0.0.1", 0), backlog=9)
else:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(9)


def connect() -> dict[str, object]:
    clients = stage.keep([socket.socket(listener.family) for _ in range(2)])
    for client in clients:
        client.connect(listener.getsockname())
    return {
        "clients": [stage.here(client.fileno()) for client in clients],
        "addresses": [client.getsockname() for client in clients],
    }


stage.tell(
    address=listener.getsockname(), backlog=9, listener=stage.here(listener.fileno()), client=stage.child(connect)
)
