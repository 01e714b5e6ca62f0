"""A TCP connection over loopback between two processes. Argument: `v4`, or `dual` for a v6 server met over v4. (F9)"""

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
    client = stage.keep(socket.create_connection(("127.0.0.1", port)))
    return {**stage.here(client.fileno()), "port": client.getsockname()[1]}


client_truth = stage.child(connect)
accepted, _ = listener.accept()
stage.tell(
    port=port,
    listener=stage.here(listener.fileno()),
    accepted=stage.here(accepted.fileno()),
    client=client_truth,
)
