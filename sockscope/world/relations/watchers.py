"""Epoll instances that watch the open file behind a descriptor."""

from sockscope.kinds.registry import REOPENED
from sockscope.model.descriptor import Descriptor
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Watcher
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.targets import registration_evidence
from sockscope.world.relations.tie import WATCH

PROVEN = "KCMP_EPOLL_TFD"


def watchers(store: Store, descriptor: Descriptor) -> tuple[Watcher, ...]:
    """Epoll instances that watch the open file of a descriptor, ordered by their first holder."""
    found = []
    slot = (descriptor.pid, descriptor.fd)
    index = store.epoll_index
    for epoll, position in dict.fromkeys([*index.watched.get(descriptor.object), *index.held.get(slot)]):
        target = store.epolls[epoll].targets[position]
        if descriptor.kind not in REOPENED or slot in target.held_by:
            found.append(
                Watcher(
                    confidence=target.confidence,
                    evidence=PROVEN if target.confidence == "proven" else registration_evidence(target),
                    object=epoll,
                    holders=store.holders(epoll),
                    target=target,
                )
            )
    return tuple(sorted(found, key=lambda watcher: [(key.pid, key.fd) for key in watcher.holders]))


def _find(store: Store, subject: Subject) -> tuple[Watcher, ...]:
    return () if subject.descriptor is None else watchers(store, subject.descriptor)


RELATION = Relation("watchers", "Watched by", _find, sign=WATCH, record="watchers")
