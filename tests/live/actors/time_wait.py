"""A server that closed three connections first: what is left of them nobody holds (TIME_WAIT)."""

import socket

import stage

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
port = listener.getsockname()[1]
for _ in range(3):
    client = socket.create_connection(("127.0.0.1", port))
    accepted = listener.accept()[0]
    accepted.close()
    client.recv(1)  # its end has come, so the server's side is the one that lingers
    client.close()
stage.tell(port=port, count=3, **stage.here(listener.fileno()))
