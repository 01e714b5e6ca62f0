"""Which branches of the tree are unfolded, and what it takes to have a row listed. No cursor here."""

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.contents import Contents
from sockscope.tui.rowkeys import UNHELD, GroupKey, RowKey, UnheldKey, parent_process


class Folds(Contents):
    """Contents whose branches can be unfolded and folded."""

    def reveal(self, key: RowKey) -> bool:
        """Unfold the branches above a row, listing its process as a guest if the selection does not contain it.

        Returns:
            False when there is no such row any more.
        """
        if isinstance(key, UnheldKey):
            return self._reveal_unheld(key)
        group = self.group_of(key)
        if group is None or (isinstance(key, DescriptorKey) and not self.has_descriptor(key)):
            return False
        process = parent_process(key)
        if process is not None:
            wanted = self.scope.lists(process) and (not isinstance(key, DescriptorKey) or self.scope.wants(key))
            if not wanted and not (self.by_object and self.listing.segment(group)):
                self.selection.guests.add(process)
                self.arrangement.look_again()
            self.expanded.add(group)
            if isinstance(key, DescriptorKey) and not self.by_object:
                self.expanded.add(process)
        elif self.line_of(key) is None:
            self._invite(group)
        self.relist({group}) if self.listing.segment(group) is None else self.refold(group)
        return self.line_of(key) is not None

    def _invite(self, group: GroupKey) -> None:
        """List a group that the selection does not contain."""
        if self.by_object:
            self.selection.guests.update(key.process for key in self.world.holders(str(group.id)))
        else:
            here = self.world.processes
            self.selection.guests.update(key for key in here if self.group_of(key) == group)
        self.arrangement.look_again()

    def _reveal_unheld(self, key: UnheldKey) -> bool:
        if key != UNHELD and self.unheld.socket(key) is not None:
            self.unheld.take_in(key)
            self.expanded.add(UNHELD)
            self.relist_unheld()
        return self.line_of(key) is not None

    def open(self, key: RowKey) -> None:
        """Unfold a branch; a group of one process unfolds that process too."""
        if not self.heads_branch(key) or self.opened(key) is not False:
            return
        self.expanded.add(key)
        if isinstance(key, GroupKey) and len(self.members(key)) == 1:
            self.expanded.update(self.members(key))
        self._fold(key)

    def close(self, key: RowKey) -> None:
        """Fold a branch."""
        if self.heads_branch(key) and key in self.expanded:
            self.expanded.discard(key)
            self._fold(key)

    def toggle(self, key: RowKey) -> None:
        """Fold a branch or unfold it."""
        (self.close if key in self.expanded else self.open)(key)

    def unfold_level(self) -> None:
        """Unfold one level everywhere: first all groups, then all processes."""
        closed = ({*self.listing.groups} | self._last()) - self.expanded
        self.expanded.update(closed or self.arrangement.listed())
        self._fold(None)

    def fold_level(self) -> None:
        """Fold one level everywhere: first all processes, then all groups."""
        opened = self.expanded & set(self.arrangement.listed())
        self.expanded = self.expanded - opened if opened else set()
        self._fold(None)

    def toggle_all(self) -> None:
        """Unfold everything, or fold everything when all of it is unfolded."""
        processes = {key for key in self.arrangement.listed() if self.opened(key) is not None}
        branches: set[RowKey] = {*self.listing.groups, *processes, *self._last()}
        self.expanded = set() if branches <= self.expanded else branches
        self._fold(None)

    def unfold_only(self, keys: set[RowKey]) -> None:
        """Have these branches unfolded and no others."""
        self.expanded = set(keys)
        self._fold(None)

    def _last(self) -> set[UnheldKey]:
        return {UNHELD} if self.unheld.height else set()

    def _fold(self, key: GroupKey | ProcessKey | UnheldKey | None) -> None:
        """List anew what a branch holds, or with None everything."""
        if key == UNHELD:
            self.relist_unheld()
        if key != UNHELD:
            group = None if key is None else self.group_of(key)
            self.relist(None) if group is None else self.refold(group)
