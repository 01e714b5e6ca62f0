"""What is related to the selected row: of a descriptor its holders and ends, of a process its neighbours."""

from collections.abc import Sequence

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rows.highlight import Highlight
from sockscope.tui.rows.rowkeys import RowKey, UnheldKey
from sockscope.world.relations.answers import OTHER, SAME, Neighbour, Peer, Related
from sockscope.world.world import World

AT_ONCE = 1000
"""Descriptors whose neighbours are found within a keystroke (7 µs each); more wait until the cursor rests."""
AT_REST = 20_000
"""Descriptors whose neighbours are looked for at all: beyond this the screen would stand still."""


class Surroundings:
    """Answers of the world about one row, and the marks that follow from them."""

    def __init__(self, world: World) -> None:
        """Start with no row."""
        self._world = world
        self._subject: RowKey | None = None
        self._processes: Sequence[ProcessKey] = ()
        self.highlight = Highlight()
        self.related: Related | None = None
        """About a descriptor."""
        self.neighbours: tuple[Neighbour, ...] | None = None
        """About a process or a group; None while they are not known."""
        self.peers: tuple[Peer, ...] = ()
        """Other ends of a descriptor, or of a socket that nobody holds."""

    def look(self, key: RowKey | None, processes: Sequence[ProcessKey]) -> None:
        """Ask what is related to a row; `processes` are those that a process or group row stands for."""
        if key != self._subject:
            self.neighbours = None
        self._subject, self._processes = key, processes
        self.related = self._world.related(key) if isinstance(key, DescriptorKey) else None
        self.peers = self._peers(key)
        if self.related is None and key is not None and self._size <= AT_ONCE:
            self.neighbours = self._world.neighbours(processes)
        self._mark()

    def _peers(self, key: RowKey | None) -> tuple[Peer, ...]:
        if self.related is not None:
            return self.related.peers
        socket = self._world.sockets.get(key.socket) if isinstance(key, UnheldKey) else None
        return () if socket is None else self._world.peers_of(socket)

    @property
    def too_many(self) -> bool:
        """Whether the row stands for more descriptors than are compared."""
        return self._size > AT_REST

    def look_around(self) -> bool:
        """Find the neighbours that a keystroke has no time for; return whether there is anything new to show."""
        if self._subject is None or isinstance(self._subject, DescriptorKey) or self.too_many or self._size <= AT_ONCE:
            return False
        self.neighbours = self._world.neighbours(self._processes)
        self._mark()
        return True

    @property
    def _size(self) -> int:
        return sum(len(self._world.tables.get(key, ())) for key in self._processes)

    def _mark(self) -> None:
        marks: dict[RowKey, str] = {}
        if self.related is not None:
            marks.update(self.related.marks().items())
        elif self.neighbours is not None:
            marks.update((neighbour.process, _sign(neighbour)) for neighbour in self.neighbours)
        if isinstance(self._subject, UnheldKey):
            marks.update((key, OTHER) for peer in self.peers for key in peer.holders)
        marks.update((UnheldKey(peer.socket), OTHER) for peer in self.peers if peer.socket and not peer.holders)
        self.highlight.show(marks)


def _sign(neighbour: Neighbour) -> str:
    """Prefer the sign of talking to each other: whoever only shares something may not know of the other."""
    return SAME if all(link.sign == SAME for link in neighbour.links) else OTHER
