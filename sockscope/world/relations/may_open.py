"""Threads that wait in open(2) of a FIFO until somebody opens its other end: they have no descriptor on it yet.

Which FIFO they open lies in their memory, so they are candidates at each that would make them wait.
"""

from collections.abc import Iterable, Iterator

from sockscope.abi.open_flags import Access
from sockscope.abi.strings import Clean
from sockscope.abi.text import ours
from sockscope.model.blocked import Blocked
from sockscope.model.confidence import Confidence
from sockscope.model.keys import ProcessKey
from sockscope.world.index.store import Store
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

EVIDENCE = ours("wait_for_partner in /proc/PID/task/TID/wchan; which FIFO it opens is in its memory")
BY_ARGUMENT = ours("wait_for_partner in /proc/PID/task/TID/wchan; an argument of its process leads to this FIFO")
OPENS = {"r": ours("open for reading"), "w": ours("open for writing")}
_WAITED_FOR: dict[Access, tuple[str, ...]] = {"r": ("w",), "w": ("r",)}
"""The end that somebody has to open, by the one that is being opened."""
_EITHER = ("r", "w")


def ends_held(store: Store, object_: str) -> str:
    """Which ends of a FIFO somebody holds: letters of `Access`."""
    held = store.descriptor_index.at_ends
    return "".join(end for end in _EITHER if held(object_, (end, "rw")))


def would_wait(blocked: Iterable[Blocked], held: str) -> Iterator[Blocked]:
    """Leave out whom a FIFO with these ends held would not make wait (fs/pipe.c, `fifo_open`)."""
    for one in blocked:
        if any(end not in held for end in _WAITED_FOR.get(one.access, _EITHER)):
            yield one


def certainty(one: Blocked) -> tuple[Confidence, Clean]:
    """How sure it is that a thread opens the FIFO in question, and by what."""
    how = BY_ARGUMENT if one.named else EVIDENCE
    return "inferred" if one.named else "unknown", ours("; ").join((how, *one.narrowed))


def opens(one: Blocked) -> Clean:
    """Say what a thread does, `open for reading`."""
    return OPENS.get(one.access, ours("open it"))


def of_process(store: Store, one: Blocked) -> tuple[ProcessKey, ...]:
    """Return the process of a thread, where it is still the one that was asked."""
    process = store.process(one.pid)
    return () if process is None or one.start not in {0, process.start} else (process.key,)


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    descriptor, answer = subject.descriptor, subject.answer
    if descriptor is None or descriptor.kind != "fifo" or answer is None:
        return ()
    waiting = would_wait(answer.blocked, "" if descriptor.unproven else ends_held(store, descriptor.object))
    return tuple(_tie(store, one) for one in waiting)


def _tie(store: Store, one: Blocked) -> Tie:
    confidence, evidence = certainty(one)
    processes = of_process(store, one)
    return Tie(
        confidence=confidence,
        evidence=evidence,
        processes=processes,
        note=opens(one) if processes else f"{one.pid}, which is not shown: {opens(one)}",
        facts={"tid": one.tid, "call": one.syscall, "access": one.access},
    )


RELATION = Relation("may_open", "May be waiting to open it", _find, asked=True)
