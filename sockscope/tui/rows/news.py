"""What a refresh changes in the list: which rows are made anew, and which are news."""

from sockscope.compare.since import Since
from sockscope.model.keys import ProcessKey
from sockscope.tui.rows.contents import Contents
from sockscope.tui.rows.filter_hits import FilterHits, touched
from sockscope.tui.rows.ghosts import Departed, Graveyard
from sockscope.tui.rows.rowkeys import UNHELD, GroupKey, RowKey, UnheldKey
from sockscope.tui.rows.sorting import MOVING
from sockscope.world.changes import Changes
from sockscope.world.filter.syntax import tells_time


class News:
    """What the last refresh has changed."""

    def __init__(self, contents: Contents, graveyard: Graveyard) -> None:
        """Keep `contents` in step with the world; what is gone stays in `graveyard` for a while."""
        self._contents = contents
        self._world = contents.world
        self._graveyard = graveyard
        self._fresh: set[RowKey] = set()
        self._changed: set[RowKey] = set()
        self._asked_again: set[ProcessKey] = set()
        """Processes of which filter and search were asked again in this refresh."""
        self.since: Since | None = None
        """A moment that the user has marked: then rows are news that are others than they were at that."""
        self._all_anew = False
        """Whether a frame has changed what the filter lets through in ways that no row tells."""

    def of(self, key: RowKey) -> str:
        """Say that a row is "new", "changed" or "gone", or "" for none of these."""
        contents = self._contents
        if self.since is not None:
            return "gone" if contents.is_ghost(key) else self.since.word(key)
        if key in self._fresh or (isinstance(key, UnheldKey) and contents.unheld.is_new(key)):
            return "new"
        if contents.is_ghost(key):
            return "gone"
        return "changed" if key in self._changed else ""

    def settle(self, changes: Changes, departed: Departed, search: FilterHits | None) -> None:
        """Follow what a frame changed; `departed` was collected before the world applied it.

        Filter and `search` are asked again about what it touched.
        """
        contents, world = self._contents, self._world
        if not contents.selection.bound:
            contents.selection.bind()
        # The first full picture after a preview names nothing new, and is the first to know of threads.
        contents.selection.take_in(world.processes if changes.full else changes.processes_new)
        past, contents.scope.gone = contents.gone, self._graveyard.bury(departed, world.time)
        dirty = self._touched(past, changes, search)
        known = {group for group in dirty if contents.listing.segment(group) is not None}
        # What is used without a descriptor is listed anew when somebody asks for it, and no news then.
        self._fresh = {*changes.processes_new, *(key for key in changes.descriptors_new if key.fd >= 0)}
        self._changed = {*changes.descriptors_moved}
        contents.scope.ages.take_in(changes.descriptors_new, changes.descriptors_closed, world.time)
        if changes.full or self._all_anew or dirty:
            anew = changes.full or self._all_anew
            contents.relist(None if anew else dirty, None if anew else self._stale(past, changes))
        self._all_anew = False
        contents.unheld.settle(changes, opened=UNHELD in contents.expanded)
        if not changes.full:
            self._fresh.update(group for group in dirty - known if contents.listing.segment(group) is not None)
        self._forget_ended({*dirty, *past.processes, *changes.processes_ended})

    def _touched(self, past: Departed, changes: Changes, search: FilterHits | None) -> set[GroupKey]:
        """Groups whose segment has to be made anew."""
        contents = self._contents
        before = {contents.group_of(key) for key in changes.processes_changed}
        groups: set[GroupKey | None] = {
            *before,
            *contents.arrangement.settle(changes),
            *past.groups,
            *contents.gone.groups,
        }
        rows: set[RowKey] = {*changes.processes_new, *changes.processes_changed}
        for keys in (changes.descriptors_new, changes.descriptors_changed, changes.descriptors_closed):
            rows.update(
                keys if contents.by_object else {key.process for key in keys if key.process in contents.expanded}
            )
        self._asked_again = self._ask_hits_again(changes, search)
        rows.update(self._asked_again)
        groups.update(map(contents.group_of, rows))
        return {group for group in groups if group is not None}

    def _stale(self, past: Departed, changes: Changes) -> set[ProcessKey]:
        """Processes whose rows are not what they were."""
        descriptors = (changes.descriptors_new, changes.descriptors_changed, changes.descriptors_closed)
        stale = {key.process for keys in descriptors for key in keys}
        stale.update(changes.processes_new, changes.processes_changed, self._asked_again)
        for gone in (past, self._contents.gone):
            stale.update(gone.processes, gone.descriptors)
        return stale

    def _ask_hits_again(self, changes: Changes, search: FilterHits | None) -> set[ProcessKey]:
        """Ask filter and search again about what a frame touched; return whose rows that may concern."""
        several = [hits for hits in (self._contents.scope.filter_hits, search) if hits is not None]
        moving = self._contents.scope.sorting.descriptors in MOVING
        if not several and not moving:
            return set()
        keys = touched(self._world, changes)
        if any(tells_time(hits.expression) for hits in several):
            keys.update(self._world.processes)
        differs = [hits.ask_again(keys) for hits in several]
        # A process is no row among kernel objects: whatever is wanted by now, or has moved, may be any of them.
        self._all_anew = self._contents.by_object and (any(differs) or (moving and bool(keys)))
        return keys

    def _forget_ended(self, touched: set[RowKey]) -> None:
        """Forget the folds of what is gone; only what a frame touched can be."""
        self._contents.expanded -= {key for key in touched if self._vanished(key)}
        self._contents.selection.guests -= {key for key in self._contents.selection.guests if self._vanished(key)}

    def _vanished(self, key: RowKey) -> bool:
        contents = self._contents
        if isinstance(key, GroupKey):
            return (
                key.by == contents.arrangement.name
                and contents.listing.segment(key) is None
                and not contents.exists(key)
            )
        return key != UNHELD and contents.process(key) is None
