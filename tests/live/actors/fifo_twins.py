"""Two FIFOs with one inode number and one path, each on a tmpfs of its own. Argument: a directory. (F4) Needs root."""

import os
import sys

import stage

PATH = os.path.join(sys.argv[1], "fifo")


def ends() -> dict[str, object]:
    """Mount a tmpfs where nobody else sees it, and open both ends of a FIFO on it."""
    stage.own_mounts()
    stage.mount("tmpfs", sys.argv[1], "tmpfs")
    os.mkfifo(PATH)
    reading = os.open(PATH, os.O_RDONLY | os.O_NONBLOCK)
    writing = os.open(PATH, os.O_WRONLY)
    return {"reader": stage.here(reading), "writer": stage.here(writing)}


stage.tell(fifos=[stage.child(ends), stage.child(ends)])
