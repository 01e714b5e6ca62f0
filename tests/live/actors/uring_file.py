"""A socket that only an io_uring keeps: registered as a fixed file, then closed (F8). And one that is still open."""

import ctypes
import socket

import stage

SYS_IO_URING_SETUP, SYS_IO_URING_REGISTER, IORING_REGISTER_FILES = 425, 427, 2

parameters = ctypes.create_string_buffer(120)
ring = stage.check(stage.libc.syscall(ctypes.c_long(SYS_IO_URING_SETUP), 4, parameters), "io_uring_setup")
listener = socket.create_server(("127.0.0.1", 0), backlog=2)
port, ino = listener.getsockname()[1], stage.inode(listener.fileno())
held = stage.keep(socket.socket())
files = (ctypes.c_int32 * 2)(listener.fileno(), held.fileno())
stage.check(
    stage.libc.syscall(ctypes.c_long(SYS_IO_URING_REGISTER), ring, IORING_REGISTER_FILES, files, 2),
    "io_uring_register",
)
listener.close()
stage.tell(ring=stage.here(ring), held=stage.here(held.fileno()), ino=ino, port=port)
