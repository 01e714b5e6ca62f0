"""Names that attack whoever prints them, wherever a local user may choose one. Argument: an empty directory. (F11)"""

import os
import socket
import sys

import stage

ESCAPE = b"\x1b]0;owned\x07"
directory = os.fsencode(sys.argv[1])


def opened(name: bytes) -> dict[str, object]:
    return stage.here(os.open(os.path.join(directory, name), os.O_CREAT | os.O_RDWR))


def endless() -> bytes:
    """A path of nearly 4 KiB, the most that the kernel takes."""
    path = os.path.join(*[b"n" * 250] * 15)
    os.makedirs(os.path.join(directory, path))
    return os.path.join(path, b"end")


def listening(address: bytes) -> dict[str, object]:
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen(1)
    return stage.here(server.detach())


def named() -> dict[str, object]:
    stage.check(stage.libc.prctl(stage.PR_SET_NAME, b"a) R [/]\x1b[2J"), "prctl")
    return {}


stage.tell(
    process=stage.child(named),
    files={
        "escape": opened(b"file-" + ESCAPE),
        "markup": opened(b"[@click=app.bell]x[b]"),
        "newline": opened(b"one\ntwo"),
        "bytes": opened(b"latin-\xff\xfe"),
        "bidi": opened("abc\u202edef".encode()),
        "wide": opened(("\u5bbd\U0001f469" * 30).encode()),
        "combining": opened(("e\u0301" * 40 + "\u5bbd").encode()),
        "zero-width": opened("a\u200bb\ufeffc".encode()),
        "endless": opened(endless()),
    },
    sockets={
        "path": listening(os.path.join(directory, b"s\n" + ESCAPE)),
        "abstract": listening(b"\0sockscope-" + str(os.getpid()).encode() + b"\x1b[31m\n\0[/]\xff"),
    },
    memfd=stage.here(os.memfd_create("m [/] \x1b[5m")),
)
