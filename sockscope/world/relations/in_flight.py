"""Descriptors in flight: sent with SCM_RIGHTS and not received, open and in no table."""

from typing import Any

from sockscope.world.index.store import Store
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

EVIDENCE = "scm_fds of its fdinfo"


def waiting_inside(fields: dict[str, Any]) -> int:
    """How many descriptors wait in a socket's receive queue (`scm_fds` of its fdinfo); 0 where it is not told."""
    count = fields.get("scm_fds", 0)
    return count if isinstance(count, int) else 0


def _find(_store: Store, subject: Subject) -> tuple[Tie, ...]:
    count = waiting_inside(_fields(subject))
    if not count:
        return ()
    note = "1 descriptor waits" if count == 1 else f"{count:,} descriptors wait"
    note += " in its receive queue, held by nobody until the message is received"
    return (Tie(confidence="proven", evidence=EVIDENCE, note=note, facts={"count": count}),)


def _fields(subject: Subject) -> dict[str, Any]:
    """Prefer what the collector has just read to what the last refresh says."""
    report = subject.answer.descriptor if subject.answer is not None else None
    if report is not None:
        return report.fields
    return (subject.descriptor.fields or {}) if subject.descriptor is not None else {}


RELATION = Relation("in_flight", "In flight", _find, record="in_flight", asked=True)
