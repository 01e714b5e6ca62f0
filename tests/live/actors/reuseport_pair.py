"""Two processes, two listeners, one address: SO_REUSEPORT."""

import socket

import stage


def listen(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=5, reuse_port=True)


first = listen(0)
port = first.getsockname()[1]


def second() -> dict[str, object]:
    other = stage.keep(listen(port))
    first.close()
    return stage.here(other.fileno())


stage.tell(port=port, first=stage.here(first.fileno()), second=stage.child(second))
