"""Two processes that write to each other, and one that opens ever more: what the rules of `sockscope.findings` find."""

import os
import socket
import time

from sockscope.demo.backstage import Truth, child, group, keep

MORE_THAN_FITS = 1 << 20
"""Bytes; a pipe holds 64 KiB (pipe(7)), and less where its user has many."""
PACE = 1.0
"""Seconds between two descriptors that are left open."""
MOST = 500
"""Descriptors after which no more are opened: the demo may stay open over night."""


def play() -> Truth:
    """Start both."""
    return {"deadlock": _deadlock(), "leak": _leak()}


def _deadlock() -> Truth:
    writes: list[int] = []

    def write() -> None:
        os.write(writes[0], bytes(MORE_THAN_FITS))

    def first() -> Truth:
        from_first, to_second = os.pipe()
        from_second, to_first = os.pipe()

        def second() -> Truth:
            os.close(to_second)
            os.close(from_second)
            writes.append(to_first)
            return {"reads": from_first, "writes": to_first}

        other = child("demo: deadlock: other, writes to the first", second, then=write)
        os.close(from_first)
        os.close(to_first)
        writes.append(to_second)
        return {"reads": from_second, "writes": to_second, "other": other}

    return group("demo: deadlock: first, writes to the second", first, then=write)


def _leak() -> Truth:
    left: list[int] = []

    def open_another() -> None:
        time.sleep(PACE)
        if len(left) < MOST:
            left.append(keep(socket.socket(socket.AF_UNIX)).fileno())

    return group("demo: leak: opens a socket a second", lambda: None, then=open_another)
