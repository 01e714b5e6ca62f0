"""Parents and children: which process a tree begins with, and in which order its members stand."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sockscope.model.process import Process
from sockscope.world.index.store import Store

INIT = 1
"""Adopts orphans: a child of init is nobody's child, and begins a tree of its own."""


def parent_of(store: Store, process: Process) -> Process | None:
    """Return the parent, for a thread its process; None where it is not there.

    A process that is younger than its child has only taken over the parent's number.
    """
    pid = process.thread_of or process.ppid
    parent = store.process(pid) if pid and pid != process.pid else None
    return parent if parent is not None and parent.start <= process.start else None


def root_of(store: Store, process: Process) -> Process:
    """Return the process at the top of its tree: a child of init, or one whose parent is not there."""
    seen = {process.pid}
    while True:
        parent = parent_of(store, process)
        # Pictures are not taken in an instant: two processes may each be said to be the other's parent.
        if parent is None or parent.pid == INIT or parent.pid in seen:
            return process
        seen.add(parent.pid)
        process = parent


def depth_first(store: Store, members: Sequence[Process]) -> list[tuple[Process, int]]:
    """Order the members of one tree: each followed by its children by pid, with its depth below the root."""
    here = {member.key for member in members}
    children: dict[int, list[Process]] = defaultdict(list)
    tops: list[Process] = []
    for member in sorted(members, key=lambda one: one.key):
        parent = parent_of(store, member)
        top = parent is None or parent.key not in here or parent.pid == INIT
        (tops if top or parent is None else children[parent.pid]).append(member)
    return list(_descend(tops, children, {member.key: member for member in members}))


def _descend(
    tops: list[Process], children: dict[int, list[Process]], left: dict[tuple[int, int], Process]
) -> Iterator[tuple[Process, int]]:
    stack = [(top, 0) for top in reversed(tops)]
    while stack or left:
        if not stack:
            # Only members of a circle of parents are left.
            stack.append((next(iter(left.values())), 0))
        member, depth = stack.pop()
        if left.pop(member.key, None) is None:
            continue
        yield member, depth
        stack.extend((child, depth + 1) for child in reversed(children.get(member.pid, ())))
