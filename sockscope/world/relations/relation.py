"""What a relation is made of. Each has a room of its own beside this one; `registry.RELATIONS` lists them."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from sockscope.frames.messages import Answer
from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket
from sockscope.world.index.entries import Entries
from sockscope.world.index.store import Store
from sockscope.world.relations.tie import Tie

T_co = TypeVar("T_co", bound=Tie, covariant=True)


class Subject(NamedTuple):
    """What is looked at: a descriptor with its socket, or a socket that no descriptor leads to."""

    descriptor: Descriptor | None
    socket: Socket | None
    answer: Answer | None = None
    """What the collector found when it was asked in depth, None where it was not."""
    in_passing: bool = False
    """Whether it is asked about at every refresh: what would take longer than that is counted and no more."""


class Relation(Struct, Generic[T_co], frozen=True):
    """One relation. Pane, text, JSON, marks, neighbours and what lies outside a selection loop over them."""

    name: str
    """Its name in JSON, in docs/relations.md and in the tests."""
    title: str
    """What stands above its ties in the pane and in the text of `show`."""
    find: Callable[[Store, Subject], Sequence[T_co]]
    """Its ties of one subject, in the order to show; empty where it has none."""
    sign: str = ""
    """Sign of the rows that it leads to, "" where it marks none."""
    index: tuple[Entries, ...] = ()
    """What is to be entered of descriptors, so that `find` need not search for them."""
    link: Callable[[Store, Descriptor, Tie], str] | None = None
    """What a user calls that which lies between two processes; "" for nothing. None: it makes no neighbours."""
    outside: Callable[[Descriptor], str] | None = None
    """Word for what it leads to outside a selection; "" for nothing. None: it leads nowhere outside."""
    record: str = ""
    """Field of `show PID:FD` that has records of its own for it; "" where it stands among `relations`."""
    last: bool = False
    """Whether it is told after everything else: it is about who holds the descriptor, not about that."""
    asked: bool = False
    """Whether it is found only for who looks in depth: it costs much, or rests on the collector's answer."""
