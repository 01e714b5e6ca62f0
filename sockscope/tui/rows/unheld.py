"""The branch at the bottom of the tree: sockets that no descriptor leads to. No screen in here."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable

from sockscope.model.socket import Socket
from sockscope.tui.rows.rowkeys import UNHELD, UnheldKey
from sockscope.world.changes import Changes
from sockscope.world.describe import socket_text
from sockscope.world.filter.unheld import AcceptsSocket
from sockscope.world.relations.unheld import unheld_reason
from sockscope.world.world import World

Order = tuple[bool, str, str, str, int]
"""What rows are ordered by; `Socket.key` comes last."""


class UnheldBranch:
    """Which of them are listed, in which order, and which are new.

    While the branch is folded only their number is needed: a busy server keeps 30,000 sockets in TIME_WAIT.
    """

    def __init__(
        self, world: World, restricted: Callable[[], bool], accepts: Callable[[], AcceptsSocket | None]
    ) -> None:
        """List the sockets of `world`; while `restricted`, those that a filter `accepts`, and those followed to."""
        self._world = world
        self._restricted = restricted
        self._accepts = accepts
        self._guests: set[int] = set()
        self._keys: set[int] = set()
        """`Socket.key` of all that are listed, folded away or not."""
        self._places: dict[int, Order] = {}
        """Where each stands while the branch is unfolded."""
        self._order: list[Order] = []
        self._lines: dict[int, int] = {}
        self._fresh: set[int] = set()
        self._opened = False
        self.count = 0
        """How many are listed, folded away or not."""

    @property
    def height(self) -> int:
        """Lines of the branch, its own included; 0 while there is nothing in it."""
        return 1 + len(self._order) if self.count else 0

    def key_at(self, line: int) -> UnheldKey:
        """Return the row on a line of the branch."""
        return UnheldKey(self._order[line - 1][-1]) if line else UNHELD

    def line_of(self, key: UnheldKey) -> int | None:
        """Return the line of a row within the branch, None when it is not listed or folded away."""
        if not self.count:
            return None
        return 0 if key == UNHELD else self._lines.get(key.socket)

    def socket(self, key: UnheldKey) -> Socket | None:
        """Return the socket of a row while nobody holds it."""
        socket = self._world.sockets.get(key.socket)
        return None if socket is None or self._held(socket) else socket

    def sockets(self) -> list[Socket]:
        """Return the sockets of the branch, in no order, folded away or not."""
        return self._listed()

    def reason(self, socket: Socket) -> str:
        """Say why no descriptor leads to a socket."""
        return unheld_reason(self._world, socket)

    def is_new(self, key: UnheldKey) -> bool:
        """Whether a row is new since the last refresh."""
        return key.socket in self._fresh

    def take_in(self, key: UnheldKey) -> None:
        """List a socket although it was not asked for, because it was followed to."""
        if self._restricted():
            self._guests.add(key.socket)

    def heir(self, key: UnheldKey, before: Order | None) -> UnheldKey | None:
        """Return the row that takes over from one that is not listed any more; None when the branch is gone."""
        if not self.count:
            return None
        if key == UNHELD or before is None or not self._order:
            return UNHELD
        return UnheldKey(self._order[min(bisect_right(self._order, before), len(self._order) - 1)][-1])

    def order_of(self, key: UnheldKey) -> Order | None:
        """Return where a row stands among the others, None for the branch and for what is not listed."""
        line = self._lines.get(key.socket)
        return None if line is None else self._order[line - 1]

    # A refresh

    def settle(self, changes: Changes, *, opened: bool) -> None:
        """Follow what a frame changed."""
        if changes.full or opened != self._opened or self._restricted():
            known = self._keys if self._opened and not changes.full else None
            self.relist(opened=opened)
            self._fresh = set() if known is None or not opened else self._keys - known
            return
        inodes = self._world.socket_index.inodes
        touched = changes.sockets.union(*(inodes.get(ino) for ino in changes.held))
        self._fresh = self._replace(touched) if touched else set()

    def relist(self, *, opened: bool) -> None:
        """List them anew; only the branch itself while it is not `opened`."""
        listed = self._listed()
        self._keys = {socket.key for socket in listed}
        self.count = len(listed)
        self._opened = opened
        self._places = {socket.key: _order(socket) for socket in listed} if opened else {}
        self._order = sorted(self._places.values())
        self._line_up()

    def _replace(self, touched: set[int]) -> set[int]:
        """Take in, move or drop some sockets, and return those that are new while the branch is unfolded."""
        came: set[int] = set()
        for key in touched:
            socket = self._world.sockets.get(key)
            unheld = socket is not None and not self._held(socket)
            order = self._places.pop(key, None)
            if order is not None:
                del self._order[bisect_left(self._order, order)]
            if socket is None or not unheld:
                self._keys.discard(key)
                continue
            if key not in self._keys:
                came.add(key)
                self._keys.add(key)
            if self._opened:
                self._places[key] = _order(socket)
                insort(self._order, self._places[key])
        self.count = len(self._keys)
        self._line_up()
        return came if self._opened else set()

    def _line_up(self) -> None:
        self._lines = {order[-1]: line for line, order in enumerate(self._order, 1)}

    def _listed(self) -> list[Socket]:
        sockets = self._world.sockets
        if self._restricted():
            # Whoever chose processes or descriptors did not ask for what belongs to none, unless by what sockets have.
            self._guests &= sockets.keys()
            accepts = self._accepts()
            wanted = set() if accepts is None else {key for key, socket in sockets.items() if accepts(socket)}
            return [sockets[key] for key in self._guests | wanted if not self._held(sockets[key])]
        self._guests.clear()
        held = self._world.descriptor_index.sockets
        return [socket for socket in sockets.values() if socket.ino not in held]

    def _held(self, socket: Socket) -> bool:
        return socket.ino in self._world.descriptor_index.sockets


def _order(socket: Socket) -> Order:
    # A server leaves thousands of these behind; nothing else may drown among them.
    return socket.state == "TIME_WAIT", socket.label, socket.state, socket.local_text, socket.key


def unheld_text(world: World, socket: Socket) -> str:
    """Say what a socket nobody holds is, and who holds its other end."""
    holders = [key for peer in world.peers_of(socket) for key in peer.holders]
    more = f" +{len(holders) - 1}" if len(holders) > 1 else ""
    ends = f"⇄ {holders[0].slot}{more}" if holders else ""
    unix = socket.family == "unix"
    named = socket.local_text or f"ino {socket.ino}"
    what = [socket.state, socket.type, named] if unix else [socket_text(world, socket)]
    return " ".join(word for word in (*what, ends) if word)
