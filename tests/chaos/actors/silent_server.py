"""A FUSE mount whose server answers up to a certain kind of request, and then never again (linux/fuse.h)."""

import os
import stat
import struct
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "live" / "actors"))

import stage

LOOKUP, GETATTR, OPEN, READ, INIT = 1, 3, 14, 15, 26
ROOT, DIRECTORY, FILE = 1, 2, 3
PLACE = b"place (deleted)"
"""The one directory of the mount; every other name is a file."""
PAGE = 4096
LONG = 1000
"""Seconds that attributes stay valid; names are valid for none, so every walk to them asks the server."""
HEADER = struct.Struct("=2I2Q")
REST_OF_HEADER = 40


def mount(directory: str, last: int, *, take_one_more: bool = False) -> int:
    """Mount it, answer until a request of the kind `last` has been answered, and return the server's descriptor.

    A request that the server has taken and does not answer holds even a killed process; one that it has not
    taken holds it until it is killed (fs/fuse/dev.c, request_wait_answer).
    """
    server = os.open("/dev/fuse", os.O_RDWR)
    stage.mount("hung", directory, "fuse", f"fd={server},rootmode=40000,user_id=0,group_id=0,allow_other")
    threading.Thread(target=_serve, args=(server, last, take_one_more), daemon=True).start()
    return server


def _serve(server: int, last: int, take_one_more: bool) -> None:
    code = 0
    while code != last:
        request = os.read(server, 1 << 20)
        _, code, unique, node = HEADER.unpack_from(request)
        body = _answer(code, node, request[REST_OF_HEADER:].rstrip(b"\0"))
        error = 0 if body is not None else -38  # ENOSYS
        body = body or b""
        os.write(server, struct.pack("=IiQ", 16 + len(body), error, unique) + body)
    if take_one_more:
        os.read(server, 1 << 20)


def _answer(code: int, node: int, name: bytes) -> bytes | None:
    if code == INIT:
        return struct.pack("=4I2H2I2H8I", 7, 31, PAGE, 0, 1, 1, PAGE, 1, 1, 0, *[0] * 8)
    if code == LOOKUP:
        found = DIRECTORY if name == PLACE else FILE
        return struct.pack("=4Q2I", found, 0, 0, LONG, 0, 0) + _attributes(found)
    if code == GETATTR:
        return struct.pack("=Q2I", LONG, 0, 0) + _attributes(node)
    if code == OPEN:
        return struct.pack("=Q2I", 1, 0, 0)
    return bytes(PAGE) if code == READ else None


def _attributes(node: int) -> bytes:
    mode = stat.S_IFREG | 0o644 if node == FILE else stat.S_IFDIR | 0o755
    size = PAGE if node == FILE else 0
    return struct.pack("=6Q10I", node, size, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, PAGE, 0)
