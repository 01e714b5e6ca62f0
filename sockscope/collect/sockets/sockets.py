"""All sockets of the machine: dumps per namespace and family, and questions by name for what they miss."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from sockscope.collect.sockets import socket_values
from sockscope.collect.sockets.ask_by_name import QuestionsByName
from sockscope.collect.sockets.dumps import FEW_NAMESPACES, Dumps
from sockscope.collect.sockets.families import BY_LABEL, BY_NAME, NAMED, Family
from sockscope.collect.sockets.netspaces import DiagSockets, NetNamespace
from sockscope.collect.sockets.origin import SocketOrigin
from sockscope.collect.sockets.protocol_names import ProtocolNames
from sockscope.kernel.diag.inet import MPTCP
from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket

SUBFLOW = "subflow_of"
MOST_ELSEWHERE = 16
"""Namespaces in which a socket is asked for by name that its holder's own does not know. A dump will list it."""
ALL_FAMILIES = 30
"""Refreshes after which families are asked for that no held socket tells of: nobody may hold their sockets.

Of more than a few namespaces one more at each refresh, since it takes walks of the machine's tables.
"""


class Entry(NamedTuple):
    """One socket with the row it was described from."""

    row: Any
    socket: Socket
    label: str
    """Its family's, as `Family.label`."""


class Held(NamedTuple):
    """The sockets found in descriptor tables."""

    by_ino: dict[int, Descriptor]
    """One descriptor for each socket inode."""
    fresh: Collection[int]
    """Inodes among them whose descriptors were walked in this refresh."""
    netns: Mapping[int, int]
    """Network namespace of each process by pid."""
    moved: bool = True
    """Whether a descriptor of a socket has come or gone since the refresh before."""


class Taken(NamedTuple):
    """One dump as it was taken."""

    rows: list[Any]
    entries: dict[int, Entry]


class SocketCollector:
    """Describe every socket, and keep the description of those that have not changed."""

    def __init__(self, diag: DiagSockets, dumps: Dumps, by_name: QuestionsByName, root: str = "/proc") -> None:
        """Ask through `dumps` and `by_name`, and keep `diag` open into the namespaces that are looked at."""
        self._diag = diag
        self._dumps = dumps
        self._by_name = by_name
        self._known: dict[int, Entry] = {}
        """What the refresh before has found, by key."""
        self._asked: dict[int, Socket] = {}
        """Sockets by inode that no dump described, until their holders change."""
        self._missed: set[int] = set()
        """Keys that one dump has missed and no question could confirm: two misses make them gone."""
        self._names = ProtocolNames(root)
        self._named: dict[int, set[str]] = {}
        """Labels of families by namespace that only the names of held sockets tell to be in use."""
        self._taken: dict[tuple[int, str], Taken] = {}
        """Dumps of the refresh before, by namespace and label."""
        self._sockets: dict[int, Socket] = {}
        """What the refresh before has returned."""
        self._settled = False
        """Whether that had every held socket from a dump, so that the same dumps mean the same sockets."""
        self.converted = 0
        """Sockets described so far because the kernel's words for them were new."""
        self._turn = 0
        self._masters: dict[int, int] = {}
        """Cookies of the MPTCP sockets of this refresh, by inode."""

    def refresh(
        self, namespaces: list[NetNamespace], held: Held, left: Sequence[NetNamespace] = ()
    ) -> dict[int, Socket]:
        """Describe the sockets of some namespaces, our own first, and every held socket, by key.

        The same dictionary as before when nothing has changed.

        Args:
            namespaces: those whose turn it is.
            held: the sockets of descriptor tables.
            left: those that are not asked: of their sockets what is held is as it was last seen.
        """
        seen: dict[int, Entry] = {}
        self._masters.clear()
        self._by_name.begin()
        self._diag.keep(namespace.inode for namespace in (*namespaces, *left))
        # Where nobody lives, only who enters can count the sockets: so that is done at each look.
        self._diag.shut(namespace.inode for namespace in namespaces if not namespace.pid)
        self._diag.leave(left)
        before, self._taken = self._taken, {}
        self._keep_left({namespace.inode for namespace in left}, held, seen, before)
        for position, namespace in enumerate(namespaces):
            named = self._named.setdefault(namespace.inode, set())
            if (self._turn - max(0, position - FEW_NAMESPACES)) % ALL_FAMILIES == 0:
                named.update(NAMED)
            for family in self._dumps.wanted(namespace, named):
                self._take(namespace, family, held, seen, before)
        self._turn += 1
        asked = set(self._taken)
        if self._settled and not held.moved and self._same(before):
            return self._sockets
        missing = held.by_ino.keys() - {entry.socket.ino for entry in seen.values()}
        ways = {namespace.inode: namespace for namespace in namespaces}
        missing -= self._take_named(missing, ways, held, seen, asked)
        missing -= self._confirm_lost(missing, ways, seen)
        self._mark_subflows(seen)
        sockets = {key: entry.socket for key, entry in seen.items()}
        elsewhere = list(islice(filter(self._diag.is_open, namespaces), MOST_ELSEWHERE))
        for ino in self._in_turn(missing, held):
            found = self._nameless(ino, held, ways, elsewhere)
            sockets[found.key] = found
        self._forget(held, missing)
        self._settled = not missing and not self._missed
        self._known, self._sockets = seen, sockets
        return sockets

    def _keep_left(
        self, left: Collection[int], held: Held, seen: dict[int, Entry], before: Mapping[tuple[int, str], Taken]
    ) -> None:
        """Keep what was seen of namespaces that are not asked: of the sockets that are held, since those are there."""
        for question, taken in before.items():
            if question[0] in left:
                entries = {key: one for key, one in taken.entries.items() if one.socket.ino in held.by_ino}
                kept = taken if len(entries) == len(taken.entries) else Taken(taken.rows, entries)
                self._taken[question] = kept
                seen.update(kept.entries)
                self._note_masters(BY_LABEL[question[1]], taken.rows)

    def _same(self, before: dict[tuple[int, str], Taken]) -> bool:
        """Tell whether all dumps are those of the refresh before."""
        return self._taken.keys() == before.keys() and all(
            one.entries is before[question].entries for question, one in self._taken.items()
        )

    def entry(self, ino: int) -> Entry | None:
        """Return what the last dump said of a held socket; of an MPTCP socket and its subflows the former."""
        found = [entry for entry in self._known.values() if entry.socket.ino == ino]
        return min(found, key=lambda entry: entry.socket.protocol != "mptcp", default=None)

    def _take(
        self,
        namespace: NetNamespace,
        family: Family,
        held: Held,
        seen: dict[int, Entry],
        before: Mapping[tuple[int, str], Taken],
    ) -> list[Any]:
        """Dump one family and return its rows; a row that is the same as before keeps its description."""
        rows, origin = self._dumps.rows(namespace, family)
        taken = before.get((namespace.inode, family.label))
        if taken is None or taken.rows is not rows or (family.kernel_end is not None and held.moved):
            entries = self._describe(rows, origin, family, held)
            # Where other things than the rows decide, equal entries are as good as the same rows.
            taken = Taken(rows, taken.entries if taken is not None and taken.entries == entries else entries)
        self._taken[namespace.inode, family.label] = taken
        seen.update(taken.entries)
        self._note_masters(family, rows)
        return rows

    def _note_masters(self, family: Family, rows: Iterable[Any]) -> None:
        if family.protocol == MPTCP:
            self._masters.update({row.ino: row.cookie for row in rows if row.ino})

    def _describe(self, rows: list[Any], origin: SocketOrigin, family: Family, held: Held) -> dict[int, Entry]:
        known, convert, label = self._known, family.convert, family.label
        found: dict[int, Entry] = {}
        one_counter = origin.one_counter
        for row in rows:
            if family.kernel_end is not None and family.kernel_end(row) and row.ino not in held.by_ino:
                continue
            key = (one_counter and row.cookie) or origin.key(row)  # a call for each row would take as long as the rest
            before = known.get(key)
            if before is not None and (before.row is row or before.row == row) and before.label == label:
                found[key] = before
            else:
                found[key] = Entry(row, convert(row, origin), label)
                self.converted += 1
        return found

    def _take_named(
        self,
        missing: set[int],
        ways: dict[int, NetNamespace],
        held: Held,
        seen: dict[int, Entry],
        asked: set[tuple[int, str]],
    ) -> set[int]:
        """Dump the families that only the names of held sockets tell of, and return the inodes found so.

        Not every protocol counts its sockets.
        """
        found: set[int] = set()
        named: dict[int, set[str]] = {}
        for ino in missing:
            family = BY_NAME.get(self._names.read(ino, held.by_ino[ino], fresh=ino in held.fresh))
            namespace = ways.get(held.netns.get(held.by_ino[ino].pid, 0))
            if family is None or namespace is None:
                continue
            named.setdefault(namespace.inode, set()).add(family.label)
            if (namespace.inode, family.label) not in asked:
                asked.add((namespace.inode, family.label))
                found.update(row.ino for row in self._take(namespace, family, held, seen, {}))
        for inode, labels in self._named.items():
            # Described by now, and still asked for only because of a name that was read once.
            still = {label for label in labels if any(entry.label == label for entry in seen.values())}
            named.setdefault(inode, set()).update(still)
        self._named = {inode: labels for inode, labels in named.items() if inode in ways}
        return found

    def _confirm_lost(self, missing: set[int], ways: dict[int, NetNamespace], seen: dict[int, Entry]) -> set[int]:
        """Keep what is still held although the dump has passed it over: asked for exactly, or for one refresh.

        A dump is no snapshot: it may miss long-lived sockets while others come and go. Unix sockets
        are asked for by inode later. Returns the inodes that are kept.
        """
        kept: set[int] = set()
        missed: set[int] = set()
        for key in self._known.keys() - seen.keys():
            entry = self._known[key]
            namespace = ways.get(entry.socket.netns)
            if entry.socket.ino not in missing or entry.label == "unix" or namespace is None:
                continue
            if not self._by_name.left:
                seen[key] = entry  # it is held, and asked for later
                kept.add(entry.socket.ino)
                continue
            row = self._by_name.again(entry.row, entry.label, namespace)
            if row is not None:
                seen[key] = self._confirmed(entry, row, namespace)
            elif key not in self._missed:
                seen[key] = entry
                missed.add(key)
            else:
                continue
            kept.add(entry.socket.ino)
        self._missed = missed
        return kept

    def _confirmed(self, entry: Entry, row: Any, namespace: NetNamespace) -> Entry:
        if row == entry.row:
            return entry
        family = BY_LABEL[entry.label]
        return Entry(row, family.convert(row, self._dumps.origin(namespace)), entry.label)

    def _mark_subflows(self, seen: dict[int, Entry]) -> None:
        """Say of TCP connections that carry an MPTCP socket which one: they share its inode and have no descriptor."""
        if not self._masters:
            return
        for key, entry in seen.items():
            master = self._masters.get(entry.socket.ino) if entry.socket.protocol == "tcp" else None
            extra = entry.socket.extra or {}
            if master is not None and extra.get(SUBFLOW) != master:
                marked = msgspec.structs.replace(entry.socket, extra={**extra, SUBFLOW: master})
                seen[key] = entry._replace(socket=marked)

    def close(self) -> None:
        """Wait for no answer any more; the next question gets a thread again."""
        self._names.close()

    def _in_turn(self, missing: Collection[int], held: Held) -> list[int]:
        """Order sockets that no dump has shown: new ones first, one namespace after the other, then who has waited."""
        new = sorted(missing - self._asked.keys(), key=lambda ino: held.netns.get(held.by_ino[ino].pid, 0))
        return [*new, *(ino for ino in self._asked if ino in missing)]

    def _nameless(
        self, ino: int, held: Held, ways: Mapping[int, NetNamespace], elsewhere: Iterable[NetNamespace]
    ) -> Socket:
        """Describe a held socket that no dump has shown: by asking for it by name, else by the name of its protocol.

        It is asked for where its holder lives, and the first time `elsewhere`: one that was passed on may be anywhere.
        """
        fresh = ino in held.fresh
        known = self._asked.get(ino)
        if known is not None and not fresh and known.family != "unix":
            return known
        name = self._names.read(ino, held.by_ino[ino], fresh=fresh)
        found: Socket | None = None
        if not name or name.startswith("UNIX"):
            if not self._by_name.left:
                return known if known is not None and not fresh else socket_values.nameless_socket(ino, 0, name)
            home = ways.get(held.netns.get(held.by_ino[ino].pid, 0))
            others = (one for one in elsewhere if one is not home) if fresh or known is None else ()
            answer = self._by_name.unix(ino, [*([] if home is None else [home]), *others])
            if answer is not None:
                found = socket_values.unix_socket(answer[0], self._dumps.origin(answer[1]))
            elif known is not None and not fresh and known.cookie == 0:
                found = known
        if found is None:
            found = socket_values.nameless_socket(ino, 0, name)
        self._asked.pop(ino, None)
        self._asked[ino] = found  # last in the order of asking
        return found

    def _forget(self, held: Held, missing: set[int]) -> None:
        for ino in self._asked.keys() - missing:
            del self._asked[ino]
        self._names.forget(held.by_ino.keys())
