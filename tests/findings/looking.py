"""Rules over made-up worlds: looks one after the other, and what they find."""

from typing import Any

from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.finding import Finding
from sockscope.findings.registry import BY_NAME
from sockscope.model.wait import ProcessWaits, Wait
from sockscope.world.world import World
from tests.world.build import HELLO, NOW, frame, waiting

LONG_AGO = NOW - 100
"""Since when whoever is made here waits."""


def waits(pid: int, call: str, fd: int = -1, **known: Any) -> ProcessWaits:
    """A process whose one thread has long waited in a call."""
    return waiting(pid, thread(pid, call, fd, **known))


def thread(tid: int, call: str, fd: int = -1, **known: Any) -> Wait:
    """A thread that has long waited in a call."""
    return Wait(tid, call, fd, **{"since": LONG_AGO, **known})


def found(rule: str, *things: Any, looks: int = 1, apart: float = 1.0, **rest: Any) -> list[Finding]:
    """What a rule finds at the last of some looks, in each of which all is as it was at the first."""
    diagnosis = Diagnosis([BY_NAME[rule]])
    made = World()
    made.greet(HELLO)
    made.apply(frame(*things, **rest))
    diagnosis.look(made)
    for turn in range(1, looks):
        made.apply(frame(full=False, seq=1 + turn, time=NOW + turn * apart, coverage=made.coverage))
        diagnosis.look(made)
    return list(diagnosis.findings)
