"""A unix stream server and its client, in two processes. Argument: the address, abstract when it begins with @."""

import socket
import sys

import stage

address = sys.argv[1]
bound = "\0" + address[1:] if address.startswith("@") else address
listener = socket.socket(socket.AF_UNIX)
listener.bind(bound)
listener.listen(4)


def connect() -> dict[str, object]:
    client = stage.keep(socket.socket(socket.AF_UNIX))
    client.connect(bound)
    listener.close()
    return stage.here(client.fileno())


client_truth = stage.child(connect)
accepted, _ = listener.accept()
stage.tell(
    address=address,
    listener=stage.here(listener.fileno()),
    accepted=stage.here(accepted.fileno()),
    client=client_truth,
)
