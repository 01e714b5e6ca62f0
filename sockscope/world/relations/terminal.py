"""The controlling terminal of who holds a descriptor: whom Ctrl+C reaches, and who would be stopped by a read."""

from sockscope.world.grouping.job_control import terminal
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Terminal
from sockscope.world.relations.relation import Relation, Subject


def _find(store: Store, subject: Subject) -> tuple[Terminal, ...]:
    process = store.processes.get(subject.descriptor.process) if subject.descriptor is not None else None
    found = None if process is None else terminal(store, process)
    return () if found is None else (found,)


RELATION = Relation("terminal", "Terminal", _find, record="terminal", last=True, asked=True)
