"""Identities of rows: what the cursor, the folds and the history hold on to, never a line number."""

from typing import NamedTuple

from sockscope.model.keys import DescriptorKey, ProcessKey


class GroupKey(NamedTuple):
    """A branch of the tree that gathers processes."""

    by: str
    """What it gathers by: `pgrp`."""
    id: int
    """The process group id for `pgrp`."""


RowKey = GroupKey | ProcessKey | DescriptorKey
"""The three never compare equal: they differ in length, or in the type of the first field."""


def parent_process(key: RowKey) -> ProcessKey | None:
    """Return the process a row belongs to, None for a group."""
    if isinstance(key, DescriptorKey):
        return key.process
    return key if isinstance(key, ProcessKey) else None
