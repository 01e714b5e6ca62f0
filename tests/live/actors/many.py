"""Descriptors of a few kinds below a limit of 64, one inotify with watches, and two connections to itself."""

import os
import resource
import socket
import sys

import stage

resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
events = [os.eventfd(0) for _ in range(20)]
listener = socket.create_server(("127.0.0.1", 0))
clients = [socket.create_connection(listener.getsockname()) for _ in range(2)]
servers = [listener.accept()[0] for _ in clients]
clients[0].close()
stage.tell(port=listener.getsockname()[1], open=len(os.listdir("/proc/self/fd")) - 1, modules=len(sys.modules))
