"""What hides in a folded branch: how many of the related rows, of those that were searched for, and of news."""

from collections import Counter

from sockscope.compare.since import Since
from sockscope.model.keys import ProcessKey
from sockscope.tui.rows.contents import Contents
from sockscope.tui.rows.filter_hits import FilterHits
from sockscope.tui.rows.highlight import Highlight, Inside
from sockscope.tui.rows.rowkeys import GroupKey, UnheldKey
from sockscope.tui.signs import CHANGES, HIT

COUNTED = 1000
"""Holders of a folded object up to this number are asked one by one whether they are related."""


def inside_branch(
    contents: Contents, highlight: Highlight, search: FilterHits | None, key: GroupKey | ProcessKey | UnheldKey
) -> Inside:
    """Count what the row of a folded branch tells of the rows below it, by sign."""
    if isinstance(key, UnheldKey):
        return highlight.inside_unheld()
    found = 0 if search is None else _hits(contents, search, key)
    hits: Inside = ((HIT, found),) if found else ()
    if not highlight.marks:
        return hits
    if isinstance(key, ProcessKey):
        return highlight.inside_process(key) + hits
    if contents.by_object:
        return _inside_object(contents, highlight, key) + hits
    return highlight.inside_group(contents.members(key)) + hits


def _inside_object(contents: Contents, highlight: Highlight, key: GroupKey) -> Inside:
    world = contents.world
    if world.descriptor_index.objects.count(str(key.id)) <= COUNTED:
        return highlight.inside(world.holders(str(key.id)))
    return highlight.inside([mark for mark in highlight.marks if contents.group_of(mark) == key])


def _hits(contents: Contents, search: FilterHits, key: GroupKey | ProcessKey) -> int:
    if isinstance(key, GroupKey) and contents.by_object:
        return sum(map(search.has, contents.world.holders(str(key.id)))) if search.fds else 0
    processes = (key,) if isinstance(key, ProcessKey) else contents.members(key)
    own = 0 if isinstance(key, ProcessKey) else sum(one in search.processes for one in processes)
    return own + sum(len(search.fds.get(one, ())) for one in processes if one not in search.processes)


def inside_since(contents: Contents, since: Since, key: GroupKey | ProcessKey | UnheldKey) -> Inside:
    """Count what is another below the row of a folded branch since a moment: new, gone, leading elsewhere."""
    if isinstance(key, UnheldKey) or (contents.by_object and isinstance(key, GroupKey)):
        return ()
    processes = (key,) if isinstance(key, ProcessKey) else contents.members(key)
    counts: Counter[str] = Counter()
    for process in processes:
        counts.update(since.inside(process))
        if process != key and since.word(process):
            counts[since.word(process)] += 1
    if isinstance(key, GroupKey):
        counts["gone"] += sum(home == key for home in contents.gone.homes.values())
    return tuple((CHANGES[word], counts[word]) for word in ("new", "gone", "changed") if counts[word])
