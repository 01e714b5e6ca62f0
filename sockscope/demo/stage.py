"""The process above all actors: starts them, says what there is, and ends them when its standard input ends.

Run as `python -m sockscope.demo.stage PADDING`; the padding is room for the titles of the actors.
"""

import contextlib
import json
import os
import signal
import sys

from sockscope.demo.actors import epolls, pipeline, reuseport, server, sick, terminal, waiting
from sockscope.demo.backstage import PR_SET_CHILD_SUBREAPER, Truth, call_yourself, die_with, prctl

ACTS = {
    "server": server.play,
    "reuseport": reuseport.play,
    "epolls": epolls.play,
    "pipeline": pipeline.play,
    "terminal": terminal.play,
    "waiting": waiting.play,
    "sick": sick.play,
}


def main(parent: int) -> None:
    """Play until standard input ends, or SIGTERM comes, or the parent is gone."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    die_with(parent, signal.SIGTERM)
    # What an actor has started becomes ours when the actor ends, so that we can wait for all of it.
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        truth: Truth = {name: play() for name, play in ACTS.items()}
        call_yourself("demo: stage")
        sys.stdout.write(json.dumps(truth) + "\n")
        sys.stdout.flush()
        sys.stdin.buffer.read()
    finally:
        end_all()


def end_all() -> None:
    """End every process below this one, and wait until the last is gone."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ChildProcessError):  # there are none any more
        while True:
            for pid in _children():
                os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


def _children() -> list[int]:
    """List our children, the adopted ones too; they stay until they are waited for, so none is another's by now."""
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]


if __name__ == "__main__":
    main(os.getppid())
