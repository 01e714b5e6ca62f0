"""The process that a pidfd is a handle on."""

import os

from sockscope.world.index.store import Store
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

EVIDENCE = "Pid of its fdinfo"


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    descriptor = subject.descriptor
    pid = (descriptor.fields or {}).get("pid") if descriptor is not None and descriptor.kind == "pidfd" else None
    if not isinstance(pid, int) or pid <= 0:
        return ()
    process = store.process(pid)
    known = () if process is None else (process.key,)
    thread = descriptor is not None and bool(descriptor.flags >= 0 and descriptor.flags & os.O_EXCL)
    absent = "a thread, which is not shown" if thread else "not shown"
    note = absent if process is None else "ended, not waited for" if process.ended else ""
    return (Tie(confidence="proven", evidence=EVIDENCE, processes=known, note=note, facts={"pid": pid}),)


RELATION = Relation("handle_on", "Handle on", _find)
