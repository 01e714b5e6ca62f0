"""One listener in two processes; the child's only thread blocks in accept(2) on it."""

import socket

import stage

listener = socket.create_server(("127.0.0.1", 0), backlog=3)
child = stage.child(lambda: {"fd": listener.fileno()}, then=listener.accept)
stage.tell(listener=stage.here(listener.fileno()), child=child)
