"""Two devpts instances, and in each a terminal with the same number. Argument: a directory. (F3) Needs root."""

import os
import sys

import stage


def pair() -> dict[str, object]:
    """Mount an instance of our own where nobody else sees it, and open its first terminal."""
    stage.own_mounts()
    stage.mount("devpts", sys.argv[1], "devpts", "newinstance,ptmxmode=0666")
    master = os.open(os.path.join(sys.argv[1], "ptmx"), os.O_RDWR | os.O_NOCTTY)
    stage.check(stage.libc.unlockpt(master), "unlockpt")
    slave = os.open(os.path.join(sys.argv[1], "0"), os.O_RDWR | os.O_NOCTTY)
    return {"master": stage.here(master), "slave": stage.here(slave)}


stage.tell(pairs=[stage.child(pair), stage.child(pair)])
