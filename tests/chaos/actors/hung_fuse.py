"""A FUSE mount whose server answers until one file is open, and then never again. Argument: an empty directory."""

import ctypes
import os
import stat
import struct
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "live" / "actors"))

import stage

LOOKUP, GETATTR, OPEN, INIT = 1, 3, 14, 26
LONG = 1000
"""Seconds that attributes stay valid; names are valid for none, so every walk to them asks the server."""
directory = sys.argv[1]
fuse = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={fuse},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
libc = ctypes.CDLL(None, use_errno=True)
stage.check(libc.mount(b"hung", os.fsencode(directory), b"fuse", 0, options), "mount")


def attributes(node: int) -> bytes:
    mode = stat.S_IFDIR | 0o755 if node == 1 else stat.S_IFREG | 0o644
    return struct.pack("=6Q10I", node, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(code: int, node: int) -> bytes | None:
    if code == INIT:
        return struct.pack("=4I2H2I2H8I", 7, 31, 4096, 0, 1, 1, 4096, 1, 1, 0, *[0] * 8)
    if code == LOOKUP:
        return struct.pack("=4Q2I", 2, 0, 0, LONG, 0, 0) + attributes(2)
    if code == GETATTR:
        return struct.pack("=Q2I", LONG, 0, 0) + attributes(node)
    if code == OPEN:
        return struct.pack("=Q2I", 1, 0, 0)
    return None


def serve() -> None:
    code = 0
    while code != OPEN:
        request = os.read(fuse, 1 << 16)
        _, code, unique, node = struct.unpack_from("=2I2Q", request)
        body = answer(code, node)
        error = 0 if body is not None else -38  # ENOSYS
        body = body or b""
        os.write(fuse, struct.pack("=IiQ", 16 + len(body), error, unique) + body)


def opened() -> dict[str, int]:
    os.close(fuse)
    file = os.open(os.path.join(directory, "file"), os.O_RDONLY)
    return {"fd": file}


server = threading.Thread(target=serve, daemon=True)
server.start()
stage.tell(holder=stage.child(opened))
