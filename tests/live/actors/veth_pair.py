"""Two network namespaces joined by a cable, and one UDP conversation between them. `missing` without veth."""

import ctypes
import os
import shutil
import socket
import subprocess

import stage

CLONE_NEWNET = 0x4000_0000
IP = shutil.which("ip", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
NEAR, FAR = ("10.98.7.1", 4001), ("10.98.7.2", 4002)


def ip(*words: object) -> None:
    subprocess.run([IP, *map(str, words)], check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def leave() -> None:
    stage.check(stage.libc.unshare(ctypes.c_int(CLONE_NEWNET)), "unshare")


def conversation(device: str, here: tuple[str, int], there: tuple[str, int]) -> dict[str, object]:
    ip("address", "add", f"{here[0]}/24", "dev", device)
    ip("link", "set", "dev", device, "up")
    end = stage.keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    end.bind(here)
    end.connect(there)
    return {**stage.here(end.fileno()), "netns": os.stat("/proc/self/ns/net").st_ino}


def settle() -> dict[str, object]:
    leave()
    try:
        ip("link", "add", "name", "far", "type", "veth", "peer", "name", "near", "netns", os.getppid())
    except subprocess.CalledProcessError:
        return {"missing": True}
    return conversation("far", FAR, NEAR)


leave()
far = stage.child(settle)
if "missing" in far:
    stage.tell(missing=True)
else:
    stage.tell(near=conversation("near", NEAR, FAR), far=far)
