"""Which branches of the tree are unfolded, and what it takes to have a row listed. No cursor here."""

from collections.abc import Callable

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rows.contents import Contents
from sockscope.tui.rows.rowkeys import UNHELD, GroupKey, RowKey, UnheldKey, parent_process


class Folds:
    """Unfold and fold the branches of a list."""

    def __init__(self, contents: Contents, folded: Callable[[], None]) -> None:
        """Fold branches of `contents`; `folded` is called after each fold that somebody asked for."""
        self._contents = contents
        self._folded = folded

    def reveal(self, key: RowKey) -> bool:
        """Unfold the branches above a row, listing its process as a guest if the selection does not contain it.

        Returns:
            False when there is no such row any more.
        """
        contents = self._contents
        if isinstance(key, UnheldKey):
            return self._reveal_unheld(key)
        group = contents.group_of(key)
        if group is None or (isinstance(key, DescriptorKey) and not contents.has_descriptor(key)):
            return False
        process = parent_process(key)
        if process is not None:
            wanted = contents.scope.lists(process) and (not isinstance(key, DescriptorKey) or contents.scope.wants(key))
            if not wanted and not (contents.by_object and contents.listing.segment(group)):
                contents.selection.guests.add(process)
                contents.arrangement.look_again()
            contents.expanded.add(group)
            if isinstance(key, DescriptorKey) and not contents.by_object:
                contents.expanded.add(process)
        elif contents.line_of(key) is None:
            self._invite(group)
        contents.relist({group}) if contents.listing.segment(group) is None else contents.refold(group)
        return contents.line_of(key) is not None

    def _invite(self, group: GroupKey) -> None:
        """List a group that the selection does not contain."""
        if self._contents.by_object:
            self._contents.selection.guests.update(key.process for key in self._contents.world.holders(str(group.id)))
        else:
            here = self._contents.world.processes
            self._contents.selection.guests.update(key for key in here if self._contents.group_of(key) == group)
        self._contents.arrangement.look_again()

    def _reveal_unheld(self, key: UnheldKey) -> bool:
        if key != UNHELD and self._contents.unheld.socket(key) is not None:
            self._contents.unheld.take_in(key)
            self._contents.expanded.add(UNHELD)
            self._contents.relist_unheld()
        return self._contents.line_of(key) is not None

    def open(self, key: RowKey) -> None:
        """Unfold a branch; a group of one process unfolds that process too."""
        if not self._contents.heads_branch(key) or self._contents.opened(key) is not False:
            return
        self._contents.expanded.add(key)
        if isinstance(key, GroupKey) and len(self._contents.members(key)) == 1:
            self._contents.expanded.update(self._contents.members(key))
        self._fold(key)

    def close(self, key: RowKey) -> None:
        """Fold a branch."""
        if self._contents.heads_branch(key) and key in self._contents.expanded:
            self._contents.expanded.discard(key)
            self._fold(key)

    def toggle(self, key: RowKey) -> None:
        """Fold a branch or unfold it."""
        (self.close if key in self._contents.expanded else self.open)(key)

    def unfold_level(self) -> None:
        """Unfold one level everywhere: first all groups, then all processes."""
        closed = ({*self._contents.listing.groups} | self._last()) - self._contents.expanded
        self._contents.expanded.update(closed or self._contents.arrangement.listed())
        self._fold(None)

    def fold_level(self) -> None:
        """Fold one level everywhere: first all processes, then all groups."""
        opened = self._contents.expanded & set(self._contents.arrangement.listed())
        self._contents.expanded = self._contents.expanded - opened if opened else set()
        self._fold(None)

    def toggle_all(self) -> None:
        """Unfold everything, or fold everything when all of it is unfolded."""
        processes = {key for key in self._contents.arrangement.listed() if self._contents.opened(key) is not None}
        branches: set[RowKey] = {*self._contents.listing.groups, *processes, *self._last()}
        self._contents.expanded = set() if branches <= self._contents.expanded else branches
        self._fold(None)

    def unfold_only(self, keys: set[RowKey]) -> None:
        """Have these branches unfolded and no others."""
        self._contents.expanded = set(keys)
        self._fold(None)

    def _last(self) -> set[UnheldKey]:
        return {UNHELD} if self._contents.unheld.height else set()

    def _fold(self, key: GroupKey | ProcessKey | UnheldKey | None) -> None:
        """List anew what a branch holds, or with None everything."""
        if key == UNHELD:
            self._contents.relist_unheld()
        if key != UNHELD:
            group = None if key is None else self._contents.group_of(key)
            self._contents.relist(None) if group is None else self._contents.refold(group)
        self._folded()
