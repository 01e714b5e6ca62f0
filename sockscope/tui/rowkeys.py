"""Identities of rows: what the cursor, the folds and the history hold on to, never a line number."""

from typing import NamedTuple

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.world.grouping.placing import GroupId


class GroupKey(NamedTuple):
    """A branch of the tree that gathers processes, or the holders of a kernel object."""

    by: str
    """What it gathers by: one of `world.grouping.names.NAMES`."""
    id: GroupId
    """Which one of them: the process group id for `pgrp`, `Descriptor.object` for `object`."""


class UnheldKey(NamedTuple):
    """A socket that no descriptor leads to, or the branch that gathers them."""

    socket: int
    """`Socket.key`, which is never 0; 0 for the branch."""


UNHELD = UnheldKey(0)
"""The branch at the bottom of the tree: sockets nobody holds."""

GroupedKey = GroupKey | ProcessKey | DescriptorKey
"""A row of a group: the group itself, one of its processes, or one of their descriptors."""
RowKey = GroupedKey | UnheldKey
"""The four never compare equal: they differ in length, or in the type of the first field."""


def parent_process(key: RowKey) -> ProcessKey | None:
    """Return the process a row belongs to, None for a group and for a socket nobody holds."""
    if isinstance(key, DescriptorKey):
        return key.process
    return key if isinstance(key, ProcessKey) else None
