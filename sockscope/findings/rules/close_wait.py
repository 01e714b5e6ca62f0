"""Connections that the other end has closed long ago, and this one has not."""

from collections import defaultdict
from collections.abc import Iterable

from sockscope.findings.attending import has_run
from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.model.keys import DescriptorKey, ProcessKey

NAME = "close-wait"
STATE = "CLOSE_WAIT"
SECONDS = 60.0
MANY = 20
"""Under this number it is worth knowing, and no more."""
MOST = 8
"""Descriptors that are subjects."""


def _find(look: Look) -> Iterable[Finding]:
    owners: defaultdict[ProcessKey, list[tuple[float, DescriptorKey, str]]] = defaultdict(list)
    for socket in look.half_closed:
        if not socket.ino:
            continue
        since = look.held(NAME, socket.key).since
        holders = look.world.socket_holders(socket.ino)
        if holders and look.world.time - since >= SECONDS and has_run(look, holders[0].process, since):
            owners[holders[0].process].append((since, holders[0], socket.remote_text))
    for key, found in owners.items():
        found.sort()
        count = "a connection" if len(found) == 1 else f"{len(found)} connections"
        yield Finding(
            rule=NAME,
            severity="suspect" if len(found) >= MANY else "note",
            confidence="proven",
            id=finding_id(NAME, f"{key.pid}.{key.start}"),
            subjects=tuple(slot for _, slot, _ in found[:MOST]),
            sentence=f"{look.name(key)} has not closed {count} that the other end has closed over {SECONDS:.0f} s ago",
            evidence=tuple(
                f"fd {slot.fd} from {remote}: {STATE} for {look.world.time - since:.0f} s, and its owner has run since"
                for since, slot, remote in found[:MOST]
            ),
            refuted_by="that it still sends there what the other end reads",
            since=found[0][0],
        )


RULE = Rule(NAME, "connections that only the other end has closed", _find, looks=2, seconds=SECONDS)
