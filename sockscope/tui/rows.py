"""The tree as a list of rows: how each stands, what a refresh does to them, and where the cursor is. No screen here.

Everything is keyed by identities that survive a refresh. A line number exists only while a question is answered.
"""

from collections.abc import Iterable, Sequence

from sockscope.frames.messages import Frame
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.arrangement import arrangement
from sockscope.tui.extra_columns import KindCounts
from sockscope.tui.folds import Folds
from sockscope.tui.ghosts import Departed, Graveyard, departing
from sockscope.tui.highlight import Highlight, Inside
from sockscope.tui.listing import Past
from sockscope.tui.row import Row
from sockscope.tui.rowkeys import UNHELD, GroupKey, RowKey, UnheldKey, parent_process
from sockscope.tui.sieve import Sieve, touched
from sockscope.tui.signs import HIT
from sockscope.tui.sorting import Sorting
from sockscope.tui.surroundings import Surroundings
from sockscope.tui.unheld import Order
from sockscope.tui.walk import Ranking, hit, next_hit
from sockscope.world.changes import Changes
from sockscope.world.relations import Related
from sockscope.world.world import World

OPEN_AT_START = 32
"""Selected processes up to this number start unfolded: their descriptors are what was asked for."""
OPEN_FOUND = 20_000
"""Descriptors up to this number are unfolded when a filter has found them."""
COUNTED = 1000
"""Holders of a folded object up to this number are asked one by one whether they are related."""


class Rows(Folds):
    """Listed rows, folds, cursor and highlight over one world."""

    def __init__(self, world: World, pids: Iterable[int] = ()) -> None:
        """List every process of `world`, or with `pids` only those processes."""
        super().__init__(world, pids)
        self.cursor: RowKey | None = None
        self.subject: RowKey | None = None
        """What is told of the cursor's row: of a kernel object, one of its holders."""
        self.surroundings = Surroundings(world)
        self.search: Sieve | None = None
        self.marks: set[RowKey] = set()
        """Rows that the user has marked."""
        self.graveyard = Graveyard()
        self.kinds = KindCounts(world)
        self._fresh: set[RowKey] = set()
        self._changed: set[RowKey] = set()
        self._past: Past | None = None
        """How the list stood around the cursor when it was placed."""
        self._cursor_place: Order | None = None
        """Where the socket under the cursor stands among those nobody holds."""
        self._walk: list[RowKey] = []
        self._sifted: set[ProcessKey] = set()
        """Processes of which filter and search were asked again in this refresh."""
        self._all_anew = False
        """Whether a frame has changed what the filter lets through in ways that no row tells."""
        self._unfiltered: set[RowKey] = set()
        """What was unfolded before there was a filter."""

    @property
    def highlight(self) -> Highlight:
        """Signs of the rows that are related to the one under the cursor."""
        return self.surroundings.highlight

    @property
    def related(self) -> Related | None:
        """What is known of the descriptor under the cursor, None on other rows."""
        return self.surroundings.related

    # How a row stands

    def row(self, line: int) -> Row:
        """Return how the row on a line stands."""
        key = self.key_at(line)
        sign = self.highlight.marks.get(key, "")
        found = self.search is not None and hit(self.search, key, by_object=self.by_object)
        opened = self.opened(key) if self.heads_branch(key) else None
        inside = self._inside(key) if self.heads_branch(key) and not opened else ()
        return Row(key, opened, sign, inside, self._change(key), self._is_guest(key), found, key in self.marks)

    def _is_guest(self, key: RowKey) -> bool:
        process = parent_process(key)
        if process in self.selection.guests:
            return True
        return self.by_object and process in self.world.processes and not self.scope.lists(process)

    def _inside(self, key: GroupKey | ProcessKey | UnheldKey) -> Inside:
        found = self._hits_inside(key)
        inside: Inside = ((HIT, found),) if found else ()
        if not self.highlight.marks:
            return inside
        if isinstance(key, UnheldKey):
            return self.highlight.inside_unheld()
        if isinstance(key, ProcessKey):
            return self.highlight.inside_process(key) + inside
        if self.by_object:
            return self._inside_object(key) + inside
        return self.highlight.inside_group(self.members(key)) + inside

    def _inside_object(self, key: GroupKey) -> Inside:
        marks = self.highlight.marks
        if self.world.holder_count(str(key.id)) <= COUNTED:
            return self.highlight.inside(self.world.holders(str(key.id)))
        return self.highlight.inside([mark for mark in marks if self.group_of(mark) == key])

    def _hits_inside(self, key: GroupKey | ProcessKey | UnheldKey) -> int:
        search = self.search
        if search is None or isinstance(key, UnheldKey):
            return 0
        if isinstance(key, GroupKey) and self.by_object:
            return sum(map(search.hits, self.world.holders(str(key.id)))) if search.fds else 0
        own = 0 if isinstance(key, ProcessKey) else sum(one in search.processes for one in self.members(key))
        processes = (key,) if isinstance(key, ProcessKey) else self.members(key)
        return own + sum(len(search.fds.get(one, ())) for one in processes if one not in search.processes)

    def _change(self, key: RowKey) -> str:
        if key in self._fresh or (isinstance(key, UnheldKey) and self.unheld.is_new(key)):
            return "new"
        if self._is_ghost(key):
            return "gone"
        return "changed" if key in self._changed else ""

    def _is_ghost(self, key: RowKey) -> bool:
        if isinstance(key, GroupKey):
            return key in self.gone.groups and not self.arrangement.exists(key)
        if isinstance(key, ProcessKey):
            return key in self.gone.processes
        if isinstance(key, UnheldKey):
            return False
        return self.gone.descriptor(key) is not None and self.world.descriptor(key) is None

    # A refresh

    def departing(self, frame: Frame) -> Departed:
        """Collect what a frame will remove, before the world applies it."""
        return departing(self.world, frame, self.shows, self.group_of, self.arrangement.title)

    def settle(self, changes: Changes, departed: Departed) -> None:
        """Follow what a frame changed; `departed` was collected before the world applied it."""
        first = not self.selection.bound
        if first:
            self.selection.bind()
        # The first full picture after a preview names nothing new, and is the first to know of threads.
        self.selection.take_in(self.world.processes if changes.full else changes.processes_new)
        past, self.scope.gone = self.gone, self.graveyard.bury(departed, self.world.time)
        dirty = self._touched(past, changes)
        known = {group for group in dirty if self.listing.segment(group) is not None}
        self._fresh = {*changes.processes_new, *changes.descriptors_new}
        self._changed = {*changes.descriptors_changed}
        self._recount(changes)
        self.scope.ages.take_in(changes.descriptors_new, changes.descriptors_closed, self.world.time)
        if changes.full or self._all_anew or dirty:
            anew = changes.full or self._all_anew
            self.relist(None if anew else dirty, None if anew else self._stale(past, changes))
        self._all_anew = False
        self.unheld.settle(changes, opened=UNHELD in self.expanded)
        if not changes.full:
            self._fresh.update(group for group in dirty - known if self.listing.segment(group) is not None)
        self._forget_ended({*dirty, *past.processes, *changes.processes_ended})
        if first or changes.full:
            self._open_selected()
        self._keep_cursor()

    def _recount(self, changes: Changes) -> None:
        if changes.full:
            self.kinds.clear()
        for keys in (changes.descriptors_new, changes.descriptors_changed, changes.descriptors_closed):
            self.kinds.forget({key.process for key in keys})

    def _touched(self, past: Departed, changes: Changes) -> set[GroupKey]:
        """Groups whose segment has to be made anew."""
        before = {self.group_of(key) for key in changes.processes_changed}
        groups: set[GroupKey | None] = {*before, *self.arrangement.settle(changes), *past.groups, *self.gone.groups}
        rows: set[RowKey] = {*changes.processes_new, *changes.processes_changed}
        for keys in (changes.descriptors_new, changes.descriptors_changed, changes.descriptors_closed):
            rows.update(keys if self.by_object else {key.process for key in keys if key.process in self.expanded})
        self._sifted = self._resifted(changes)
        rows.update(self._sifted)
        groups.update(map(self.group_of, rows))
        return {group for group in groups if group is not None}

    def _stale(self, past: Departed, changes: Changes) -> set[ProcessKey]:
        """Processes whose rows are not what they were."""
        descriptors = (changes.descriptors_new, changes.descriptors_changed, changes.descriptors_closed)
        stale = {key.process for keys in descriptors for key in keys}
        stale.update(changes.processes_new, changes.processes_changed, self._sifted)
        for gone in (past, self.gone):
            stale.update(gone.processes, gone.descriptors)
        return stale

    def _resifted(self, changes: Changes) -> set[ProcessKey]:
        """Ask filter and search again about what a frame touched; return whose rows that may concern."""
        sieves = [sieve for sieve in (self.scope.sieve, self.search) if sieve is not None]
        moving = self.scope.sorting.descriptors == "queue"
        if not sieves and not moving:
            return set()
        keys = touched(self.world, changes)
        differs = [sieve.resift(keys) for sieve in sieves]
        # A process is no row among kernel objects: whatever is wanted by now may be any of them.
        self._all_anew = self.by_object and any(differs)
        return keys

    def _forget_ended(self, touched: set[RowKey]) -> None:
        """Forget the folds of what is gone; only what a frame touched can be."""
        self.expanded -= {key for key in touched if self._vanished(key)}
        self.selection.guests -= {key for key in self.selection.guests if self._vanished(key)}

    def _vanished(self, key: RowKey) -> bool:
        if isinstance(key, GroupKey):
            return key.by == self.arrangement.name and self.listing.segment(key) is None and not self.exists(key)
        return key != UNHELD and self.process(key) is None

    def _open_selected(self) -> None:
        listed = list(self.arrangement.listed())
        if self.selection.pids and len(listed) <= OPEN_AT_START:
            self.expanded.update(self.listing.groups, listed)
            self.relist(None)

    # What is listed

    def regroup(self, name: str) -> None:
        """Gather by another grouping, keeping the cursor on its row where that has one."""
        here = self._something_at(self.cursor)
        self.arrangement = arrangement(self.scope, name)
        self.scope.gone = self.graveyard.bury(Departed(), float("inf"))
        self.relist(None)
        if isinstance(here, ProcessKey) and self.by_object:
            here = min((DescriptorKey(*here, fd) for fd in self.world.tables.get(here, ())), default=None)
        self.cursor = here if here is not None and self.reveal(here) else None
        self._keep_cursor()

    def _something_at(self, key: RowKey | None) -> RowKey | None:
        """Return a row that can stand for this one in another grouping."""
        if isinstance(key, GroupKey):
            return self.subject if self.by_object else next(iter(self.members(key)), None)
        return key

    def resort(self, sorting: Sorting) -> None:
        """Put rows into another order."""
        self.scope.sorting = sorting
        self.relist(None)
        self._keep_cursor()

    def filter(self, sieve: Sieve | None) -> None:
        """List only what a filter lets through, with the branches above it; None for everything."""
        before = self.scope.sieve
        if before is not None and sieve is not None and sieve.agrees_with(before):
            self.scope.sieve = sieve
            return
        if before is None:
            self._unfiltered = set(self.expanded)
        self.scope.sieve = sieve
        if not self.selection.pids:
            self.selection.guests.clear()
        self.expanded = set(self._unfiltered)
        if sieve is not None:
            self._open_found(sieve)
        self.relist(None)
        if sieve is None and self.cursor is not None and self.cursor != UNHELD:
            self.reveal(self.cursor)
        self._keep_cursor()

    def look_again(self) -> None:
        """List what the filter lets through by now."""
        self.relist(None)
        self._keep_cursor()

    def _open_found(self, sieve: Sieve) -> None:
        """Unfold what was found inside branches, not what was found by the branch itself."""
        if sieve.count > OPEN_FOUND:
            return
        for key in sieve.fds.keys() - sieve.processes:
            group = self.group_of(key)
            if group is not None:
                self.expanded.update((group, key))
        if self.by_object:
            found = (DescriptorKey(*key, fd) for key, fds in sieve.fds.items() for fd in fds)
            self.expanded.update(group for key in found if (group := self.group_of(key)) is not None)

    def show_kernel_threads(self, *, shown: bool) -> None:
        """List kernel threads, or hide them."""
        self.selection.kernel_threads = shown
        self.relist(None)
        self._keep_cursor()

    # Cursor

    def select(self, key: RowKey) -> None:
        """Put the cursor on a row and highlight what is related to it."""
        self._walk = []
        self._place(key)

    def move(self, lines: int) -> None:
        """Move the cursor by a number of lines, stopping at the ends."""
        line = self.cursor_line
        self.move_to(0 if line is None else line + lines)

    def move_to(self, line: int) -> None:
        """Move the cursor to a line, or to the nearest end."""
        if self.length:
            self.select(self.key_at(max(0, min(line, self.length - 1))))

    @property
    def cursor_line(self) -> int | None:
        """Line of the cursor, None in an empty list."""
        return None if self.cursor is None else self.line_of(self.cursor)

    def _place(self, key: RowKey | None) -> None:
        self.cursor = key
        home = None if key is None else self.group_of(key)
        self._past = None if home is None else self.listing.past(home)
        self._cursor_place = self.unheld.place(key) if isinstance(key, UnheldKey) else None
        self.subject = key
        if isinstance(key, GroupKey) and self.by_object:
            self.subject = next(iter(self.world.holders(str(key.id))), key)
        self.surroundings.look(self.subject, self.stands_for(key))

    def stands_for(self, key: RowKey | None) -> Sequence[ProcessKey]:
        """Return the processes that a process or group row stands for, listed or not."""
        if isinstance(key, GroupKey):
            # However few of its processes a filter lists: none of a group is its neighbour.
            process_group = key.by == "pgrp" and isinstance(key.id, int)
            whole = self.world.process_index.groups.get(int(key.id), ()) if process_group else ()
            return tuple(dict.fromkeys((*self.members(key), *whole)))
        return (key,) if isinstance(key, ProcessKey) else ()

    def _keep_cursor(self) -> None:
        """Stay on the row; when it is gone take its next sibling, the previous one, or the branch it was in."""
        key = self.cursor
        if key is None:
            self.move_to(0)
            return
        home = None if self._past is None else self._past.home
        if self.line_of(key) is None and self.group_of(key) not in {None, home}:
            # The process has moved to another group (setpgid), which may be folded.
            self.reveal(key)
        if self.line_of(key) is None:
            self._walk = []
            key = self._heir(key)
        self._place(key)

    def _heir(self, key: RowKey) -> RowKey | None:
        if isinstance(key, UnheldKey):
            above = self.listing.key_at(self.listing.length - 1) if self.listing.length else None
            heir = self.unheld.heir(key, self._cursor_place)
            return above if heir is None or self.line_of(heir) is None else heir
        below = UNHELD if self.line_of(UNHELD) is not None else None
        return self.listing.heir(key, self._past) or below

    def stand_in(self, key: RowKey) -> RowKey:
        """Return a row that leads to the same place under the present grouping: for a process group its leader."""
        if not isinstance(key, GroupKey) or key.by == self.arrangement.name or key.by != "pgrp":
            return key
        members = self.world.group_members().get(int(key.id), ())
        return next((member for member in members if member.pid == key.id), next(iter(members), key))

    def _fold(self, key: GroupKey | ProcessKey | UnheldKey | None) -> None:
        """List what a fold has changed; a cursor inside a branch that was folded moves to it."""
        super()._fold(key)
        while self.cursor is not None and self.line_of(self.cursor) is None:
            above = self.parent(self.cursor)
            if above is None:
                self._keep_cursor()
                return
            self.select(above)

    # Walks

    def next_related(self, step: int) -> RowKey | None:
        """Put the cursor on the next (`step` 1) or previous (-1) related row, unfolding what hides it.

        While this is called again and again it goes round the rows related to the one it started from.
        """
        here = self.cursor
        if here is None:
            return None
        walk = [key for key in self._walk if self.exists(key)]
        if here not in walk:
            walk = sorted({here, *self.highlight.marks}, key=Ranking(self))
        target = walk[(walk.index(here) + step) % len(walk)]
        if target == here or not self.reveal(target):
            return None
        self._place(target)
        self._walk = walk
        return target

    def next_hit(self, step: int) -> RowKey | None:
        """Put the cursor on the next or previous row that was searched for, unfolding what hides it."""
        target = None if self.search is None else next_hit(self, self.search, self.cursor, step)
        if target is None or not self.reveal(target):
            return None
        self.select(target)
        return target
