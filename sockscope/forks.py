"""Work done in forks of this process, on its other cores: bytes come back, and nothing else.

For a command that ends at once. A fork shares all that has been read so far without a copy, runs
one function and is gone; it never returns into the code of its parent.
"""

import contextlib
import os
import select
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

MOST = 8
"""Processes that work at once; more would wait for each other inside the kernel."""
SECOND = 1.0
_READ = 1 << 20

Work = Callable[[], bytes]


def cores() -> int:
    """Count the processors that this process may use, at most `MOST`."""
    return min(len(os.sched_getaffinity(0)), MOST)


class Fork:
    """One piece of work in a process of its own."""

    def __init__(self, work: Work) -> None:
        """Start it.

        Raises:
            OSError: there can be no further process or pipe.
        """
        reading, writing = os.pipe()
        self.pipe = reading
        """Descriptor of this process that the result comes through."""
        try:
            self.pid = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            raise
        if self.pid:
            os.close(writing)
            return
        status = 1
        try:
            os.close(reading)
            result = work()
            while result:
                result = result[os.write(writing, result) :]
            status = 0
        finally:
            # Never back into the code of the parent, whatever happens.
            os._exit(status)

    def collect(self, ended: Callable[[], bool] | None = None) -> bytes | None:
        """Wait for the result; None when the fork ended before it had one. To be called once.

        Args:
            ended: asked once a second while nothing comes; True gives the fork up, ended or not.
        """
        chunks = []
        with os.fdopen(self.pipe, "rb", 0) as reading:
            while True:
                while not select.select([reading], [], [], SECOND)[0]:
                    if ended is not None and ended():
                        return None
                if not (chunk := reading.read(_READ)):
                    break
                chunks.append(chunk)
        _, status = os.waitpid(self.pid, 0)
        return b"".join(chunks) if status == 0 else None


def share_out(works: Sequence[Work], least: int = 1) -> list[bytes]:
    """Do pieces of work of about equal size on all cores, and return their results in order.

    What no fork could be had for, or one has not done, is done here.

    Args:
        works: the pieces.
        least: pieces for each process below which a fork costs more than it saves.
    """
    count = max(1, min(cores(), len(works) // least))
    forks: dict[int, Fork] = {}
    for number in range(1, count):
        with contextlib.suppress(OSError):  # no process to be had: its share is done below
            forks[number] = Fork(partial(_all, works[number::count]))
    results: list[bytes] = [b""] * len(works)
    for number in sorted(range(count), key=forks.__contains__):
        done = forks[number].collect() if number in forks else None
        share = works[number::count]
        results[number::count] = [one() for one in share] if done is None else _results.decode(done)
    return results


_results = msgspec.msgpack.Decoder(list[bytes])


def _all(works: Sequence[Work]) -> bytes:
    return msgspec.msgpack.encode([one() for one in works])
