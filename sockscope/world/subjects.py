"""What one may look at: a descriptor, a process, what gathers several of them, or a socket that nobody holds."""

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


SubjectKey = GroupKey | ProcessKey | DescriptorKey | UnheldKey
"""The four never compare equal: they differ in length, or in the type of the first field."""
