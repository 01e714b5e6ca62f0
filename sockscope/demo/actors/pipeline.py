"""Three processes in one group, a pipe between each two, as a shell starts `a | b | c`."""

import os

from sockscope.demo.backstage import Truth, child, group

BLOCK = 1 << 16


def play() -> Truth:
    """Start the pipe line; its last process waits for what never comes."""
    return group("demo: pipe line: produce", _produce)


def _produce() -> Truth:
    source, sink = os.pipe()

    def convert() -> Truth:
        os.close(sink)
        after, before = os.pipe()

        def consume() -> Truth:
            os.close(before)
            os.close(source)
            return {"reads": after}

        last = child("demo: pipe line: consume", consume, then=lambda: os.read(after, BLOCK))
        os.close(after)
        return {"reads": source, "writes": before, "last": last}

    middle = child("demo: pipe line: convert", convert, then=lambda: os.read(source, BLOCK))
    os.close(source)
    return {"writes": sink, "middle": middle}
