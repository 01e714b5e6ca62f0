"""An MPTCP connection over loopback. (F10)"""

import socket

import stage

IPPROTO_MPTCP = 262
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
listener.bind(("127.0.0.1", 0))
listener.listen(2)


def connect() -> dict[str, object]:
    client = stage.keep(socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP))
    client.connect(listener.getsockname())
    listener.close()
    return stage.here(client.fileno())


client_truth = stage.child(connect)
accepted, _ = listener.accept()
stage.tell(
    port=listener.getsockname()[1],
    listener=stage.here(listener.fileno()),
    accepted=stage.here(accepted.fileno()),
    client=client_truth,
)
