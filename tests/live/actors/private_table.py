"""A thread with a descriptor table of its own: it opens what its process does not have. (F13)"""

import ctypes
import socket
import threading

import stage

CLONE_FILES = 0x400
ours, theirs = socket.socketpair()
truth: dict[str, object] = {}
ready = threading.Event()


def go_private() -> None:
    stage.check(stage.libc.unshare(ctypes.c_int(CLONE_FILES)), "unshare")
    server = stage.keep(socket.create_server(("127.0.0.1", 0), backlog=1))
    truth["tid"] = threading.get_native_id()
    truth["listener"] = {"fd": server.fileno(), "ino": stage.inode(server.fileno())}
    truth["port"] = server.getsockname()[1]
    ready.set()
    threading.Event().wait()


threading.Thread(target=go_private, daemon=True).start()
ready.wait()
stage.tell(thread=truth, ours=stage.here(ours.fileno()), theirs=stage.here(theirs.fileno()))
