"""The tree as a list of rows: how each stands, which are listed, and where the cursor is. No screen here.

Everything is keyed by identities that survive a refresh. A line number exists only while a question is answered.
"""

from collections.abc import Iterable, Sequence

from sockscope.frames.messages import Frame
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rows.arrangement import arrangement
from sockscope.tui.rows.contents import Contents
from sockscope.tui.rows.extra_columns import KindCounts
from sockscope.tui.rows.filter_hits import FilterHits
from sockscope.tui.rows.folds import Folds
from sockscope.tui.rows.ghosts import Departed, Graveyard, departing
from sockscope.tui.rows.highlight import Highlight, Inside
from sockscope.tui.rows.inside_branch import inside_branch, inside_since
from sockscope.tui.rows.listing import Past
from sockscope.tui.rows.news import News
from sockscope.tui.rows.ranking import Ranking, hit, next_hit
from sockscope.tui.rows.row import Row
from sockscope.tui.rows.rowkeys import UNHELD, GroupKey, RowKey, UnheldKey, parent_process
from sockscope.tui.rows.sorting import PASSING, Sorting
from sockscope.tui.rows.surroundings import Surroundings
from sockscope.tui.rows.unheld import Order
from sockscope.world.changes import Changes
from sockscope.world.relations.answers import Related
from sockscope.world.world import World

OPEN_AT_START = 32
"""Selected processes up to this number start unfolded: their descriptors are what was asked for."""
OPEN_FOUND = 20_000
"""Descriptors up to this number are unfolded when a filter has found them."""


class Rows:
    """Listed rows, folds, cursor and highlight over one world."""

    def __init__(self, world: World, pids: Iterable[int] = ()) -> None:
        """List every process of `world`, or with `pids` only those processes."""
        self.world = world
        self.contents = Contents(world, pids)
        self.folds = Folds(self.contents, self._leave_fold)
        self.cursor: RowKey | None = None
        self.subject: RowKey | None = None
        """What is told of the cursor's row: of a kernel object, one of its holders."""
        self.surroundings = Surroundings(world)
        self.search: FilterHits | None = None
        self.marks: set[RowKey] = set()
        """Rows that the user has marked."""
        self.graveyard = Graveyard()
        self.news = News(self.contents, self.graveyard)
        """What the last refresh has changed."""
        self.kinds = KindCounts(world)
        self._past: Past | None = None
        """How the list stood around the cursor when it was placed."""
        self._cursor_place: Order | None = None
        """Where the socket under the cursor stands among those nobody holds."""
        self._walk: list[RowKey] = []
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

    @property
    def passing(self) -> bool:
        """Whether rows stand in an order that changes as time goes by, of which one looks at the top."""
        return self.contents.scope.sorting.processes in PASSING and not self.contents.by_object

    # How a row stands

    def row(self, line: int) -> Row:
        """Return how the row on a line stands."""
        contents = self.contents
        key = contents.key_at(line)
        sign = self.highlight.marks.get(key, "")
        found = self.search is not None and hit(self.search, key, by_object=contents.by_object)
        opened = contents.opened(key) if contents.heads_branch(key) else None
        inside: Inside = ()
        if contents.heads_branch(key) and not opened:
            inside = inside_branch(contents, self.highlight, self.search, key)
            if self.news.since is not None:
                inside += inside_since(contents, self.news.since, key)
        return Row(key, opened, sign, inside, self.news.of(key), self._is_guest(key), found, key in self.marks)

    def _is_guest(self, key: RowKey) -> bool:
        contents = self.contents
        process = parent_process(key)
        if process in contents.selection.guests:
            return True
        return contents.by_object and process in self.world.processes and not contents.scope.lists(process)

    # A refresh

    def departing(self, frame: Frame) -> Departed:
        """Collect what a frame will remove, before the world applies it."""
        contents = self.contents
        return departing(self.world, frame, contents.shows, contents.group_of, contents.arrangement.title)

    def settle(self, changes: Changes, departed: Departed) -> None:
        """Follow what a frame changed; `departed` was collected before the world applied it."""
        first = not self.contents.selection.bound
        self._recount(changes)
        self.news.settle(changes, departed, self.search)
        if first or changes.full:
            self._open_selected()
        self._keep_cursor()

    def _recount(self, changes: Changes) -> None:
        if changes.full:
            self.kinds.clear()
        for keys in (changes.descriptors_new, changes.descriptors_changed, changes.descriptors_closed):
            self.kinds.forget({key.process for key in keys})

    def _open_selected(self) -> None:
        contents = self.contents
        listed = list(contents.arrangement.listed())
        if contents.selection.pids and len(listed) <= OPEN_AT_START:
            contents.expanded.update(contents.listing.groups, listed)
            contents.relist(None)

    # What is listed

    def regroup(self, name: str) -> None:
        """Gather by another grouping, keeping the cursor on its row where that has one."""
        contents = self.contents
        here = self._something_at(self.cursor)
        contents.arrangement = arrangement(contents.scope, name)
        contents.scope.gone = self.graveyard.bury(Departed(), float("inf"))
        contents.relist(None)
        if isinstance(here, ProcessKey) and contents.by_object:
            here = min((DescriptorKey(*here, fd) for fd in self.world.tables.get(here, ())), default=None)
        self.cursor = here if here is not None and self.folds.reveal(here) else None
        self._keep_cursor()

    def _something_at(self, key: RowKey | None) -> RowKey | None:
        """Return a row that can stand for this one in another grouping."""
        if isinstance(key, GroupKey):
            return self.subject if self.contents.by_object else next(iter(self.contents.members(key)), None)
        return key

    def resort(self, sorting: Sorting) -> None:
        """Put rows into another order."""
        self.contents.scope.sorting = sorting
        self.contents.relist(None)
        self._keep_cursor()

    def filter(self, hits: FilterHits | None) -> None:
        """List only what a filter lets through, with the branches above it; None for everything."""
        contents = self.contents
        before = contents.scope.filter_hits
        if before is not None and hits is not None and hits.agrees_with(before):
            contents.scope.filter_hits = hits
            return
        if before is None:
            self._unfiltered = set(contents.expanded)
        contents.scope.filter_hits = hits
        if not contents.selection.pids:
            contents.selection.guests.clear()
        contents.expanded = set(self._unfiltered)
        if hits is not None:
            self._open_found(hits)
        contents.relist(None)
        if hits is None and self.cursor is not None and self.cursor != UNHELD:
            self.folds.reveal(self.cursor)
        self._keep_cursor()

    def look_again(self) -> None:
        """List what the filter lets through by now."""
        self.contents.relist(None)
        self._keep_cursor()

    def _open_found(self, hits: FilterHits) -> None:
        """Unfold what was found inside branches, not what was found by the branch itself."""
        contents = self.contents
        if hits.count > OPEN_FOUND:
            return
        for key in hits.fds.keys() - hits.processes:
            group = contents.group_of(key)
            if group is not None:
                contents.expanded.update((group, key))
        if contents.by_object:
            found = (DescriptorKey(*key, fd) for key, fds in hits.fds.items() for fd in fds)
            contents.expanded.update(group for key in found if (group := contents.group_of(key)) is not None)

    def show_kernel_threads(self, *, shown: bool) -> None:
        """List kernel threads, or hide them."""
        self.contents.selection.kernel_threads = shown
        self.contents.relist(None)
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
        if self.contents.length:
            self.select(self.contents.key_at(max(0, min(line, self.contents.length - 1))))

    @property
    def cursor_line(self) -> int | None:
        """Line of the cursor, None in an empty list."""
        return None if self.cursor is None else self.contents.line_of(self.cursor)

    def _place(self, key: RowKey | None) -> None:
        contents = self.contents
        self.cursor = key
        home = None if key is None else contents.group_of(key)
        self._past = None if home is None else contents.listing.past(home)
        self._cursor_place = contents.unheld.order_of(key) if isinstance(key, UnheldKey) else None
        self.subject = key
        if isinstance(key, GroupKey) and contents.by_object:
            self.subject = next(iter(self.world.holders(str(key.id))), key)
        self.surroundings.look(self.subject, self.stands_for(key))

    def stands_for(self, key: RowKey | None) -> Sequence[ProcessKey]:
        """Return the processes that a process or group row stands for, listed or not."""
        if isinstance(key, GroupKey):
            # However few of its processes a filter lists: none of a group is its neighbour.
            process_group = key.by == "pgrp" and isinstance(key.id, int)
            whole = self.world.process_index.groups.get(int(key.id), ()) if process_group else ()
            return tuple(dict.fromkeys((*self.contents.members(key), *whole)))
        return (key,) if isinstance(key, ProcessKey) else ()

    def _keep_cursor(self) -> None:
        """Stay on the row; when it is gone take its next sibling, the previous one, or the branch it was in."""
        contents = self.contents
        key = self.cursor
        if key is None:
            self.move_to(0)
            return
        home = None if self._past is None else self._past.home
        if contents.line_of(key) is None and contents.group_of(key) not in {None, home}:
            # The process has moved to another group (setpgid), which may be folded.
            self.folds.reveal(key)
        if contents.line_of(key) is None:
            self._walk = []
            key = self._heir(key)
        self._place(key)

    def _heir(self, key: RowKey) -> RowKey | None:
        contents = self.contents
        if isinstance(key, UnheldKey):
            above = contents.listing.key_at(contents.listing.length - 1) if contents.listing.length else None
            heir = contents.unheld.heir(key, self._cursor_place)
            return above if heir is None or contents.line_of(heir) is None else heir
        below = UNHELD if contents.line_of(UNHELD) is not None else None
        return contents.listing.heir(key, self._past) or below

    def stand_in(self, key: RowKey) -> RowKey:
        """Return a row that leads to the same place under the present grouping: for a process group its leader."""
        if not isinstance(key, GroupKey) or key.by == self.contents.arrangement.name or key.by != "pgrp":
            return key
        members = self.world.group_members().get(int(key.id), ())
        return next((member for member in members if member.pid == key.id), next(iter(members), key))

    def _leave_fold(self) -> None:
        """Move a cursor that is inside a branch that was folded to that branch."""
        contents = self.contents
        while self.cursor is not None and contents.line_of(self.cursor) is None:
            above = contents.parent(self.cursor)
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
        walk = [key for key in self._walk if self.contents.exists(key)]
        if here not in walk:
            walk = sorted({here, *self.highlight.marks}, key=Ranking(self.contents))
        target = walk[(walk.index(here) + step) % len(walk)]
        if target == here or not self.folds.reveal(target):
            return None
        self._place(target)
        self._walk = walk
        return target

    def next_hit(self, step: int) -> RowKey | None:
        """Put the cursor on the next or previous row that was searched for, unfolding what hides it."""
        target = None if self.search is None else next_hit(self.contents, self.search, self.cursor, step)
        if target is None or not self.folds.reveal(target):
            return None
        self.select(target)
        return target
