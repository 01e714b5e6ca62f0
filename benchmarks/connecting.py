"""A client and a server in one process: so many TCP connections a second, each held for a second. A program."""

import collections
import os
import socket
import sys
import time

HELD = 1.0
"""Seconds that a connection is held."""
TICK = 0.02


def main() -> None:
    """Connect until killed, or until whoever started this has ended."""
    rate = int(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    held: collections.deque[tuple[float, socket.socket, socket.socket]] = collections.deque()
    print(listener.getsockname()[1], flush=True)
    due = time.monotonic()
    parent = os.getppid()
    while os.getppid() == parent:
        for _ in range(int(rate * TICK)):
            client = socket.create_connection(listener.getsockname())
            held.append((time.monotonic() + HELD, client, listener.accept()[0]))
        while held and held[0][0] < time.monotonic():
            _, client, server = held.popleft()
            client.close()
            server.close()
        due += TICK
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
