"""Network namespaces that no process lives in: one that a descriptor keeps, one that a thread lives in and listens."""

import os
import socket
import tempfile
import threading
from typing import Any

import stage

CLONE_NEWNET = 0x4000_0000
MS_BIND, MNT_DETACH = 4096, 2

told: dict[str, Any] = {}
ready = threading.Event()
with tempfile.NamedTemporaryFile() as place:
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    name = place.name.encode()
    stage.check(stage.libc.unshare(CLONE_NEWNET), "unshare")
    kept = os.stat("/proc/self/ns/net").st_ino
    stage.check(stage.libc.mount(b"/proc/self/ns/net", name, None, MS_BIND, None), "mount")
    opened = os.open(place.name, os.O_RDONLY)
    stage.check(stage.libc.umount2(name, MNT_DETACH), "umount")
    stage.check(stage.libc.setns(home, CLONE_NEWNET), "setns")
    os.close(home)


def live_apart() -> None:
    stage.check(stage.libc.unshare(CLONE_NEWNET), "unshare")
    listener = stage.keep(socket.socket())
    listener.bind(("0.0.0.0", 0))
    listener.listen()
    told["thread"] = threading.get_native_id()
    told["thread_netns"] = os.stat("/proc/thread-self/ns/net").st_ino
    told["listener"] = {**stage.here(listener.fileno()), "port": listener.getsockname()[1]}
    ready.set()
    threading.Event().wait()


threading.Thread(target=live_apart, daemon=True).start()
ready.wait()
stage.tell(kept={**stage.here(opened), "netns": kept}, **told)
