"""A pipe from one process to another; the parent that made it keeps neither end."""

import os

import stage

reading, writing = os.pipe()


def only(keep: int, drop: int) -> dict[str, object]:
    os.close(drop)
    return stage.here(keep)


reader = stage.child(lambda: only(reading, writing), then=lambda: os.read(reading, 1))
writer = stage.child(lambda: only(writing, reading))
os.close(reading)
os.close(writing)
stage.tell(reader=reader, writer=writer)
