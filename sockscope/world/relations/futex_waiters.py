"""Threads that wait for a futex in a mapped file: whoever maps it as well may hold what they wait for."""

from sockscope.frames.messages import FutexWait
from sockscope.model.keys import DescriptorKey
from sockscope.world.index.store import Store
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

EVIDENCE = "/proc/PID/task/TID/syscall, and the address in /proc/PID/maps"

UNLISTED = "mapped files are not listed, so who else maps it is not known"


def mapped_by(store: Store, wait: FutexWait) -> tuple[DescriptorKey, ...]:
    """Who maps or has open the file that a thread waits in, others before its own process."""
    holders = store.holders(wait.object) if wait.object else ()
    return tuple(sorted(holders, key=lambda key: key.pid == wait.pid))


def futex_wait(store: Store, wait: FutexWait) -> Tie:
    """Tie a thread of a process with who maps the memory that it waits in."""
    holders = mapped_by(store, wait)
    return Tie(
        confidence="proven" if wait.object else "unknown",
        evidence=EVIDENCE,
        holders=holders,
        object=wait.object,
        note="" if holders else UNLISTED,
        facts={"pid": wait.pid, "tid": wait.tid, "target": wait.target, "offset": wait.offset},
    )


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    descriptor, answer = subject.descriptor, subject.answer
    if descriptor is None or answer is None:
        return ()
    waits = (wait for wait in answer.futexes if wait.object and wait.object == descriptor.object)
    return tuple(_waiter(store, wait) for wait in waits)


def _waiter(store: Store, wait: FutexWait) -> Tie:
    process = store.process(wait.pid)
    return Tie(
        confidence="proven",
        evidence=EVIDENCE,
        processes=() if process is None else (process.key,),
        facts={"tid": wait.tid, "offset": wait.offset},
    )


RELATION = Relation("futex_waiters", "Waits in it for a futex", _find, asked=True)
