"""A process that keeps its memory locked: hung_memory.py DIRECTORY, which becomes the mount."""

import os
import sys

import locked_memory
import stage

directory = sys.argv[1]
server = locked_memory.mount(directory)


def write() -> None:
    os.close(server)
    locked_memory.write(directory)


stage.tell(owner=stage.child(write, locked_memory.map_over))
