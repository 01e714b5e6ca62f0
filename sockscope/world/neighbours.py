"""Which processes share an object with some processes or are at the other end of one, and what lies between."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.world.peers import peers
from sockscope.world.relations import Link, Neighbour, Peer
from sockscope.world.store import Store

NOBODY = frozenset({"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"})
"""Devices that every process may hold and that connect none."""
TALK = {"unix": "unix connection", "pty": "pseudo-terminal", "netlink": "netlink connection"}
"""What a user calls a relation, where that is not `Peer.via` itself."""

Between = tuple[str, ...]
"""Objects of one link: the shared one, or both ends."""
Named = tuple[str, Confidence]
"""What a user calls a relation, and how sure it is."""
Found = dict[ProcessKey, dict[Named, set[Between]]]
"""Process to relation to what lies between."""


def neighbours(store: Store, keys: Iterable[ProcessKey]) -> tuple[Neighbour, ...]:
    """Processes outside `keys` that share an object with one of them or are at its other end, by pid.

    A pair that talks over an object is not also said to share it.
    """
    inside = frozenset(keys)
    talking: Found = defaultdict(lambda: defaultdict(set))
    sharing: Found = defaultdict(lambda: defaultdict(set))
    for descriptor in _distinct(store, inside):
        for peer in peers(store, descriptor):
            _enter(talking, inside, peer.holders, (_talk(peer), peer.confidence), _ends(descriptor, peer))
        if not descriptor.unproven:
            _enter(
                sharing,
                inside,
                store.holders(descriptor.object),
                (_share(store, descriptor), "proven"),
                (descriptor.object,),
            )
    return tuple(_neighbour(key, talking[key], sharing[key]) for key in sorted(talking.keys() | sharing.keys()))


def _distinct(store: Store, inside: frozenset[ProcessKey]) -> Iterator[Descriptor]:
    """Descriptors of the processes, one for each end of each object."""
    seen = set()
    for key in sorted(inside):
        for descriptor in store.tables.get(key, {}).values():
            end = (descriptor.object, descriptor.access)
            if end not in seen and descriptor.target not in NOBODY:
                seen.add(end)
                yield descriptor


def _enter(
    found: Found, inside: frozenset[ProcessKey], holders: Iterable[DescriptorKey], relation: Named, between: Between
) -> None:
    for key in holders:
        if key.process not in inside:
            found[key.process][relation].add(between)


def _ends(descriptor: Descriptor, peer: Peer) -> Between:
    # Sorted, so that both ends of one pair held by the asking process count once.
    return tuple(sorted({descriptor.object, peer.object} - {""}))


def _talk(peer: Peer) -> str:
    if peer.via.endswith("-loopback"):
        return peer.via.removesuffix("-loopback") + " connection"
    return TALK.get(peer.via, peer.via)


def _share(store: Store, descriptor: Descriptor) -> str:
    socket = store.socket_of(descriptor)
    listening = socket is not None and socket.listening
    return "shared listener" if listening else f"shared {descriptor.kind}"


def _neighbour(key: ProcessKey, talking: dict[Named, set[Between]], sharing: dict[Named, set[Between]]) -> Neighbour:
    spoken = {end for links in talking.values() for link in links for end in link}
    links = [_link(relation, between) for relation, between in sorted(talking.items())]
    for relation, between in sorted(sharing.items()):
        rest = {link for link in between if link[0] not in spoken}
        if rest:
            links.append(_link(relation, rest))
    return Neighbour(key, tuple(links))


def _link(relation: Named, between: Iterable[Between]) -> Link:
    name, confidence = relation
    return Link(name, tuple(sorted(link[0] for link in between)), confidence)
