"""Which processes share an object with some processes or are at the other end of one, and what lies between."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Link, Neighbour
from sockscope.world.relations.registry import JOINING
from sockscope.world.relations.relation import Subject
from sockscope.world.relations.tie import Tie

Between = tuple[str, ...]
"""Objects of one link: the shared one, or both ends."""


class Said(NamedTuple):
    """One statement about two processes; what is said in the same words is counted together."""

    order: int
    """Place of the relation in `JOINING`."""
    name: str
    """What a user calls it."""
    confidence: Confidence
    evidence: str


Found = dict[ProcessKey, dict[Said, set[Between]]]


def neighbours(store: Store, keys: Iterable[ProcessKey]) -> tuple[Neighbour, ...]:
    """Processes outside `keys` that share an object with one of them or are at its other end, by pid.

    A pair that talks over an object is not also said to share it.
    """
    inside = frozenset(keys)
    found: Found = defaultdict(lambda: defaultdict(set))
    for descriptor in _distinct(store, inside):
        subject = Subject(descriptor, None)
        for order, relation in enumerate(JOINING):
            if relation.link is None:
                continue
            for tie in relation.find(store, subject):
                name = relation.link(store, descriptor, tie)
                if name:
                    said = Said(order, name, tie.confidence, tie.evidence)
                    _enter(found, inside, said, tie, _ends(descriptor, tie))
    return tuple(_neighbour(key, found[key]) for key in sorted(found))


def _distinct(store: Store, inside: frozenset[ProcessKey]) -> Iterator[Descriptor]:
    """Descriptors of the processes, one for each end of each object."""
    seen = set()
    for key in sorted(inside):
        for descriptor in store.tables.get(key, {}).values():
            end = (descriptor.object, descriptor.access)
            if end not in seen:
                seen.add(end)
                yield descriptor


def _enter(found: Found, inside: frozenset[ProcessKey], said: Said, tie: Tie, between: Between) -> None:
    for key in tie.holders:
        if key.process not in inside:
            found[key.process][said].add(between)


def _ends(descriptor: Descriptor, tie: Tie) -> Between:
    # Sorted, so that both ends of one pair held by the asking process count once.
    return tuple(sorted({descriptor.object, tie.object} - {""}))


def _neighbour(key: ProcessKey, statements: dict[Said, set[Between]]) -> Neighbour:
    """Tell each statement, without the objects that a relation before it has told of."""
    links: list[Link] = []
    spoken: set[str] = set()
    for order, relation in enumerate(JOINING):
        here = sorted((said, between) for said, between in statements.items() if said.order == order)
        for said, between in here:
            rest = sorted(each[0] for each in between if each[0] not in spoken)
            if rest:
                links.append(Link(said.name, tuple(rest), said.confidence, said.evidence, relation.sign))
        spoken |= {end for _, between in here for each in between for end in each}
    return Neighbour(key, tuple(links))
