"""Objects by inode: several, since every file system numbers for itself."""

import itertools

from sockscope.model.keys import DescriptorKey
from sockscope.world.targets.answers import Found, TargetMissingError, holders_of
from sockscope.world.world import World

IN_BRACKETS = {"socket": frozenset({"socket"}), "pipe": frozenset({"pipe"})}
"""Kinds behind a link of procfs with an inode in brackets."""
NAMESPACES = ("net", "mnt", "uts", "ipc", "pid", "user", "cgroup", "time")
"""What stands there for a namespace (namespaces(7))."""


def by_inode(world: World, ino: int, link: str = "") -> Found:
    """Find one descriptor of each object with an inode, sockets first.

    Args:
        world: where to look.
        ino: the inode.
        link: what stands before the brackets of a link of procfs, as `socket`, to find that kind only.

    Raises:
        TargetMissingError: none has it.
        TargetDeniedError: a socket has it, and no readable descriptor leads there.
    """
    kinds = IN_BRACKETS.get(link)
    found: Found = []
    if kinds is None or "socket" in kinds:
        found += world.socket_holders(ino)[:1]
    objects: dict[str, DescriptorKey] = {}
    for descriptor in itertools.chain.from_iterable(world.tables[key].values() for key in sorted(world.tables)):
        if descriptor.ino == ino and descriptor.kind != "socket" and (kinds is None or descriptor.kind in kinds):
            known = objects.get(descriptor.object)
            objects[descriptor.object] = descriptor.key if known is None else min(known, descriptor.key)
    found += objects.values()
    socket = world.socket_by_ino(ino) if kinds is None or "socket" in kinds else None
    if not found and socket is not None:
        return holders_of(world, [socket])
    if not found:
        msg = f"no readable descriptor and no socket has inode {ino}"
        raise TargetMissingError(msg)
    return found


def by_namespace(world: World, kind: str, ino: int) -> Found:
    """Find one descriptor of a namespace, and the processes that live in it, which is told of network namespaces.

    Args:
        world: where to look.
        kind: one of `NAMESPACES`.
        ino: its inode.

    Raises:
        TargetMissingError: no descriptor leads to it, and nobody is seen to live in it.
    """
    name = f"{kind}:[{ino}]"
    found: Found = list(world.holders(name)[:1])
    if kind == "net":
        living = [one for one in world.processes.values() if one.netns == ino and not one.kernel_thread]
        found += [one.key for one in sorted(living, key=lambda one: (one.start, one.pid))]
    if not found:
        msg = f"no readable descriptor leads to {name}"
        raise TargetMissingError(msg + (" and no process lives in it" if kind == "net" else ""))
    return found
