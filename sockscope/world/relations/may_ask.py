"""Threads that wait until a fanotify group allows what they do. Which of the groups they ask is not told."""

from collections.abc import Iterator

from sockscope.kinds.fanotify import decides
from sockscope.model.blocked import Blocked
from sockscope.model.descriptor import Descriptor
from sockscope.world.index.entries import Entries
from sockscope.world.index.store import Store
from sockscope.world.relations.may_open import of_process
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

EVIDENCE = "/proc/PID/task/TID/wchan, and no other group that could be read has permission marks"
AMONG_SEVERAL = "/proc/PID/task/TID/wchan; which of the groups with permission marks it has asked is not told"
_PERMISSION = "permission"


def _deciding(descriptor: Descriptor) -> Iterator[str]:
    if decides(descriptor.fields or {}):
        yield _PERMISSION


DECIDING = Entries(frozenset({"fanotify"}), _deciding)
"""fanotify groups with marks for permission events."""


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    group, answer = subject.descriptor, subject.answer
    if group is None or answer is None or group.kind != "fanotify" or not decides(group.fields or {}):
        return ()
    found = (store.descriptor(key) for key in store.entered(DECIDING, _PERMISSION))
    alone = all(one is None or one.object == group.object for one in found)
    return tuple(_tie(store, one, alone=alone) for one in answer.blocked)


def _tie(store: Store, one: Blocked, *, alone: bool) -> Tie:
    processes = of_process(store, one)
    return Tie(
        confidence="inferred" if alone else "unknown",
        evidence=EVIDENCE if alone else AMONG_SEVERAL,
        processes=processes,
        note="" if processes else f"{one.pid}, which is not shown",
        facts={"tid": one.tid, "call": one.syscall},
    )


RELATION = Relation("may_ask", "Waits for its answer", _find, index=(DECIDING,), asked=True)
