"""Identities of rows: what the cursor, the folds and the history hold on to, never a line number."""

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.world.subjects import GroupKey, SubjectKey, UnheldKey

__all__ = ["UNHELD", "GroupKey", "GroupedKey", "RowKey", "UnheldKey", "parent_process"]

UNHELD = UnheldKey(0)
"""The branch at the bottom of the tree: sockets nobody holds."""

GroupedKey = GroupKey | ProcessKey | DescriptorKey
"""A row of a group: the group itself, one of its processes, or one of their descriptors."""
RowKey = SubjectKey


def parent_process(key: RowKey) -> ProcessKey | None:
    """Return the process a row belongs to, None for a group and for a socket nobody holds."""
    if isinstance(key, DescriptorKey):
        return key.process
    return key if isinstance(key, ProcessKey) else None
