"""Two processes, two listeners, one address: SO_REUSEPORT."""

import socket

from sockscope.demo.backstage import Truth, child, group, keep


def play() -> Truth:
    """Start both twins."""
    return group("demo: twin listener A", _first)


def _first() -> Truth:
    listener = keep(_listen(0))
    port = listener.getsockname()[1]

    def second() -> Truth:
        twin = keep(_listen(port))
        listener.close()
        return {"listener": twin.fileno()}

    return {"listener": listener.fileno(), "port": port, "twin": child("demo: twin listener B", second)}


def _listen(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), reuse_port=True)
