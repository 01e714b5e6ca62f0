"""A TCP connection over loopback between two processes. (F9)

Argument: `v4`, `dual` for a v6 server met over v4, or `mapped` for a v6 client that calls `::ffff:127.0.0.1`.
"""

import socket
import sys

import stage

if sys.argv[1] == "dual":
    listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=2)
else:
    listener = socket.create_server(("127.0.0.1", 0), backlog=2)
port = listener.getsockname()[1]


def connect() -> dict[str, object]:
    listener.close()
    host = "::ffff:127.0.0.1" if sys.argv[1] == "mapped" else "127.0.0.1"
    client = stage.keep(socket.create_connection((host, port)))
    return {**stage.here(client.fileno()), "port": client.getsockname()[1]}


client_truth = stage.child(connect)
accepted, _ = listener.accept()
stage.tell(
    port=port,
    listener=stage.here(listener.fileno()),
    accepted=stage.here(accepted.fileno()),
    client=client_truth,
)
