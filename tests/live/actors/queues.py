"""Unread messages of known size in sockets of every kind; the client of `closed` has closed its end as well."""

import socket

import stage

CLOSE_WAIT = 8

receiver, sender = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
receiver.bind(("127.0.0.1", 0))
for _ in range(3):
    sender.sendto(bytes(10), receiver.getsockname())
pairs = [
    socket.socketpair(socket.AF_UNIX, kind) for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_STREAM)
]
for (near, _), (count, size) in zip(pairs, ((5, 100), (4, 50), (1, 70)), strict=True):
    for _ in range(count):
        near.send(bytes(size))
listener = socket.create_server(("127.0.0.1", 0))
clients = [socket.create_connection(listener.getsockname()) for _ in range(2)]
open_end, closed_end = (listener.accept()[0] for _ in clients)
for client in clients:
    client.sendall(bytes(30))
clients[1].close()
while closed_end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != CLOSE_WAIT:
    pass
open_end.recv(30, socket.MSG_PEEK | socket.MSG_WAITALL)
stage.tell(
    udp=stage.here(receiver.fileno()),
    dgram=stage.here(pairs[0][1].fileno()),
    seqpacket=stage.here(pairs[1][1].fileno()),
    stream=stage.here(pairs[2][1].fileno()),
    tcp=stage.here(open_end.fileno()),
    closed=stage.here(closed_end.fileno()),
)
