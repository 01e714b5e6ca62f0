"""Two UDP sockets on loopback, each connected to the other, in two processes."""

import socket

import stage

ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ours.bind(("127.0.0.1", 0))


def connect() -> dict[str, object]:
    theirs = stage.keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    theirs.bind(("127.0.0.1", 0))
    theirs.connect(ours.getsockname())
    ours.close()
    return {**stage.here(theirs.fileno()), "port": theirs.getsockname()[1]}


child = stage.child(connect)
ours.connect(("127.0.0.1", child["port"]))
stage.tell(ours={**stage.here(ours.fileno()), "port": ours.getsockname()[1]}, theirs=child)
