"""Everything about one descriptor's surroundings, put together from the rooms that know a part."""

from collections.abc import Iterator

from sockscope.kinds.tty import is_hung_up
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.model.socket import Socket
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Related
from sockscope.world.relations.registry import RELATIONS, SIGNS
from sockscope.world.relations.relation import Subject
from sockscope.world.relations.tie import Tie

DENIED = "kcmp(2) is denied here: other descriptors of the same object would go unseen"
HUNG_UP = "it is the name of a terminal that was hung up: another may have its number by now, and is not looked for"
NOT_COMPARED = (
    "neither inode nor kcmp(2) told it apart in this look, as where its process never stands still: "
    "others that hold the same object would go unseen"
)
UNDESCRIBED = "no interface describes this socket: its network namespace or its protocol could not be asked"

LEFT = "not everything was read yet: others that have to do with it may be among what was left for a later look"

PARTIAL = {
    "sockprotoname": "only the name of its protocol is known: no interface that could be asked describes this socket",
    "/proc/net": "described by /proc/net only: it names no unix peers and no accept queues",
}
"""What a poorer source leaves open."""


def related(store: Store, key: DescriptorKey) -> Related | None:
    """All relations of one descriptor but those that are found in depth only, None when it is not open."""
    descriptor = store.descriptor(key)
    if descriptor is None:
        return None
    subject = Subject(descriptor, store.socket_of(descriptor))
    return Related(
        descriptor=descriptor,
        socket=subject.socket,
        ties=ties(store, subject),
        signs=SIGNS,
        notes=tuple(_notes(store, descriptor, subject.socket)),
    )


def ties(store: Store, subject: Subject) -> dict[str, tuple[Tie, ...]]:
    """Ties of a subject by name of the relation: of those that are found at a glance, and that found any."""
    found = ((relation.name, tuple(relation.find(store, subject))) for relation in RELATIONS if not relation.asked)
    return {name: several for name, several in found if several}


def in_depth(store: Store, subject: Subject) -> dict[str, tuple[Tie, ...]]:
    """Ties of the relations that are found in depth only; `subject.answer` is what the collector said, if anything."""
    found = ((relation.name, tuple(relation.find(store, subject))) for relation in RELATIONS if relation.asked)
    return {name: several for name, several in found if several}


def _notes(store: Store, descriptor: Descriptor, socket: Socket | None) -> Iterator[str]:
    if descriptor.unproven:
        yield _why_not_compared(store, descriptor)
    if not store.read_whole:
        yield LEFT
    waits = bool(store.coverage.waiting_processes)
    if descriptor.kind == "socket" and (socket is None or not socket.source) and not waits:
        yield UNDESCRIBED
    elif socket is not None and socket.source in PARTIAL:
        yield PARTIAL[socket.source]
    epoll = store.epoll_of(descriptor)
    if epoll is not None and epoll.note:
        yield epoll.note


def _why_not_compared(store: Store, descriptor: Descriptor) -> str:
    """Say what keeps a descriptor from being told apart; that kcmp(2) is denied only where it was tried and is."""
    if is_hung_up(descriptor.kind, descriptor.target):
        return HUNG_UP
    denied = any(one.name == "kcmp" and not one.available for one in store.coverage.capabilities)
    return DENIED if denied else NOT_COMPARED
