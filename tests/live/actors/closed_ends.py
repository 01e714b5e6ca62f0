"""Unix sockets whose other end is closed: a stream, packets in order, a pair of datagrams, a client of datagrams.

Beside them a client of datagrams that was told so by its last send, and one that is not connected at all.
"""

import contextlib
import socket

import stage

truth = {}
for name, kind in (("stream", socket.SOCK_STREAM), ("seqpacket", socket.SOCK_SEQPACKET), ("dgram", socket.SOCK_DGRAM)):
    kept, closed = socket.socketpair(socket.AF_UNIX, kind)
    closed.close()
    truth[name] = stage.here(stage.keep(kept).fileno())
for name in ("client", "told"):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind("")
    client = stage.keep(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    client.connect(server.getsockname())
    server.close()
    if name == "told":
        with contextlib.suppress(ConnectionRefusedError):
            client.send(b"x")
    truth[name] = stage.here(client.fileno())
truth["alone"] = stage.here(stage.keep(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)).fileno())
stage.tell(**truth)
