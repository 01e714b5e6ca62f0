"""One socket and one file that go by many names; sockets whose names mean another one now. Argument: a directory."""

import os
import socket
import sys
from pathlib import Path
from typing import Any

import stage

place = Path(sys.argv[1])
ODD = (b"tab\there", b"soft\xc2\xadhyphen", b"nb\xc2\xa0sp", b"bad\xff", b"\xe2\x9d\xa4\xef\xb8\x8f", b"line\nfeed")


def listening(name: str) -> dict[str, int]:
    listener = stage.keep(socket.socket(socket.AF_UNIX))
    listener.bind(name)
    listener.listen()
    return stage.here(listener.fileno())


def aliases() -> dict[str, Any]:
    (place / "real").mkdir()
    made = listening(str(place / "real" / "app.sock"))
    file = stage.keep((place / "real" / "app.log").open("w"))
    (place / "link").symlink_to(place / "real")
    (place / "link.sock").symlink_to("real/app.sock")
    (place / "current.log").symlink_to(place / "real" / "app.log")
    os.link(place / "real" / "app.log", place / "hard.log")
    return {"socket": made, "file": stage.here(file.fileno())}


def replaced() -> dict[str, Any]:
    name = place / "replaced.sock"
    old = listening(str(name))
    name.unlink()
    return {"old": old, "new": listening(str(name))}


def renamed() -> dict[str, Any]:
    made = listening(str(place / "before.sock"))
    (place / "before.sock").rename(place / "after.sock")
    return made


def relative() -> dict[str, Any]:
    os.chdir(place)
    return listening("relative.sock")


def odd() -> dict[str, Any]:
    """Open files whose names are changed when they are cleaned; the bytes in hexadecimal."""
    opened = {}
    for name in ODD:
        fd = os.open(os.fsencode(place) + b"/" + name, os.O_WRONLY | os.O_CREAT)
        opened[name.hex()] = stage.here(fd)
    return opened


(place / "mapped").write_bytes(b"x" * 4096)
stage.tell(
    place=str(place),
    aliases=stage.child(aliases),
    replaced=stage.child(replaced),
    renamed=stage.child(renamed),
    relative=stage.child(relative),
    odd=stage.child(odd),
)
