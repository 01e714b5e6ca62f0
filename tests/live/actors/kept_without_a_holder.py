"""Two listeners that nobody has open: one in a message that nobody received, one that a ring waits to accept from."""

import array
import ctypes
import mmap
import os
import socket
import struct

import stage

SYS_IO_URING_SETUP, SYS_IO_URING_ENTER = 425, 426
IORING_OP_ACCEPT, IORING_OFF_SQES, SQE = 13, 0x10000000, 64


def listen() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=2)


def sent() -> dict[str, int]:
    """Put a listener into a message, and close it."""
    near, far = socket.socketpair()
    listener = listen()
    rights = array.array("i", [listener.fileno()])
    near.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    found = {"port": listener.getsockname()[1], "queue": stage.keep(far).fileno()}
    listener.close()
    return found


def requested() -> dict[str, int]:
    """Let a ring wait for a connection, and close the listener (io_uring_setup(2), struct io_uring_params)."""
    parameters = (ctypes.c_char * 120)()
    ring = stage.check(stage.libc.syscall(ctypes.c_long(SYS_IO_URING_SETUP), 4, parameters), "io_uring_setup")
    head, tail, mask, entries, flags, dropped, array_at = struct.unpack_from("=7I", bytes(parameters), 40)
    del head, mask, flags, dropped
    queue = stage.keep(mmap.mmap(ring, array_at + 4 * entries, flags=mmap.MAP_SHARED))
    requests = stage.keep(mmap.mmap(ring, SQE * entries, flags=mmap.MAP_SHARED, offset=IORING_OFF_SQES))
    listener = listen()
    requests[:SQE] = struct.pack("=BBHi", IORING_OP_ACCEPT, 0, 0, listener.fileno()).ljust(SQE, b"\0")
    struct.pack_into("=I", queue, array_at, 0)
    struct.pack_into("=I", queue, tail, 1)
    stage.check(stage.libc.syscall(ctypes.c_long(SYS_IO_URING_ENTER), ring, 1, 0, 0, None, 0), "io_uring_enter")
    port = listener.getsockname()[1]
    listener.close()
    return {"port": port, "ring": ring}


stage.tell(pid=os.getpid(), sent=sent(), requested=requested())
