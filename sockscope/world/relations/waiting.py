"""Threads that are blocked in a system call on the object right now, or were when they were stopped; others hold it."""

from sockscope.frames.messages import Waiting
from sockscope.model.confidence import Confidence
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Waiter
from sockscope.world.relations.relation import Relation, Subject

EVIDENCE = "/proc/PID/task/TID/syscall"
OF_SHARED = "/proc/PID/task/TID/syscall; others have its descriptor table and may have put another file at the number"
OF_HALTED = "/proc/PID/task/TID/syscall, stat and wchan"
OF_SET = "the set of the call, read once in the memory of the process"
UNREAD = "on what is not visible"
MOST = 8
"""Descriptors of a set that are named."""


def wait_words(wait: Waiting) -> str:
    """Write a blocked call as strace does, `epoll_wait(12)` or `poll(3, 5)`; one that is halted as what it was in."""
    call = f"{wait.syscall}(); {UNREAD}" if wait.unread else _call(wait)
    return f"{wait.halted}; was in {call}" if wait.halted else f"in {call}" if wait.unread else call


def _call(wait: Waiting) -> str:
    fds = (wait.fd,) if wait.fd >= 0 else wait.fds
    numbers = ", ".join(map(str, fds[:MOST])) + (", …" if len(fds) > MOST else "")
    return f"{wait.syscall}({numbers})" if fds else wait.syscall


def waiter(store: Store, wait: Waiting) -> Waiter:
    """Tie a blocked thread with the descriptors that it waits on, as far as they are known.

    The kernel has copied the set of a poll(2); what lies in memory may have been changed since, so it proves nothing.
    Whose set was not read may wait on any of his descriptors, or on none that is asked about. A call goes on with the
    file that its number meant when it began: who waits cannot give that to another, others who have his table can.
    """
    table = wait.tid if wait.own_table else wait.pid
    found = (store.find(table, fd) for fd in ((wait.fd,) if wait.fd >= 0 else wait.fds))
    holders = tuple(descriptor.key for descriptor in found if descriptor is not None)
    loose = wait.fd >= 0 and has_changing_table(store, wait)
    confidence: Confidence = "unknown" if wait.unread else "inferred" if wait.fds or loose else "proven"
    how = OF_SET if wait.fds else OF_SHARED if loose else OF_HALTED if wait.halted else EVIDENCE
    return Waiter(confidence=confidence, evidence=how, holders=holders, wait=wait)


def has_changing_table(store: Store, wait: Waiting) -> bool:
    """Whether somebody else could have changed the descriptor table of a thread while it waits."""
    process = store.process(wait.pid)
    return wait.shared or bool(process is not None and store.table_sharers(process))


def _find(store: Store, subject: Subject) -> tuple[Waiter, ...]:
    waiters = subject.answer.waiters if subject.answer is not None else ()
    return tuple(waiter(store, wait) for wait in waiters)


RELATION = Relation("waiting", "Waiting now", _find, record="waiting", asked=True)
