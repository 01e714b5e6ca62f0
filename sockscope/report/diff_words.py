"""What a comparison says, in words: for `diff` as for the explorer."""

import time
from collections.abc import Iterator, Sequence

from sockscope.abi.text import cut
from sockscope.compare.entry import CHANGES, Comparison, Count, Difference, Entry, Listener
from sockscope.compare.meaning import short
from sockscope.compare.side import Side
from sockscope.kinds.quantities import duration
from sockscope.kinds.words import counted, listed
from sockscope.model.keys import slot_name

SIGNS = {"replaced": "»", "gone": "−", "new": "+", "changed": "~"}
UNSEEN = "what came and went between is not seen"
NAMED = 3
"""Processes, listeners and values that are named; of more there is said how many."""
LONGEST = 60
"""Characters of a command or value."""
_DAY = 86400


def apart_text(before: Side, after: Side) -> str:
    """Say how far two looks are apart, and what that hides."""
    clocks = f"{_clock(before, after)} → {_clock(after, before)}"
    if before.host != after.host:
        return f"{before.host} and {after.host}, two machines ({clocks}); all is matched by what it is for"
    seconds = after.time - before.time
    if not seconds:
        return f"{after.host}: one and the same moment, {_clock(before, after)}"
    order = "" if seconds > 0 else " and in reverse"
    return f"{after.host}: {duration(int(abs(seconds) * 1e9))} apart{order} ({clocks}); {UNSEEN}"


def _clock(side: Side, other: Side) -> str:
    """Write a time of day; with its date where the two looks are of different days."""
    here, there = time.localtime(side.time), time.localtime(other.time)
    return time.strftime("%H:%M:%S" if here[:3] == there[:3] else "%Y-%m-%d %H:%M:%S", here)


def counts_text(found: Comparison) -> str:
    """Say how many stayed and how many did not."""
    parts = (("processes", found.processes), ("descriptors", found.descriptors))
    return " · ".join(f"{name}: {_count_text(count)}" for name, count in parts)


def _count_text(count: Count) -> str:
    others = (f"{getattr(count, change):,} {change}" for change in CHANGES if getattr(count, change))
    return ", ".join((f"{count.same:,} as before", *others))


def notes(sources: Sequence[str], before: Side, after: Side, found: Comparison) -> list[str]:
    """Say what a comparison rests on, and what it does not tell."""
    said = []
    if found.same_boot is False and before.host == after.host:
        said.append("the machine was booted between the looks: nothing stayed, and all is matched by what it is for")
    said += (
        f"{source} lists only what was selected: what it leaves out is told as gone or new"
        for source, side in zip(sources, (before, after), strict=True)
        if side.selected
    )
    if found.not_compared:
        whose = counted(found.not_compared, "process", "processes")
        said.append(f"the descriptors of {whose} could not be read, or not all of them, and are not compared in full")
    return said


def entry_text(entry: Entry) -> str:
    """Say in one line what is another."""
    match entry.subject:
        case "process":
            said = _process(entry)
        case "descriptor":
            said = f"{_amount(entry)}{entry.meaning} by {who(entry)}{_of_descriptors(entry)}"
        case _:
            said = f"{_amount(entry)}{entry.meaning}, held by nobody{_from_to(entry)}"
    return f"{SIGNS[entry.change]} {said}"


def who(entry: Entry) -> str:
    """Name the process of an entry, on both sides where it is another."""
    before, after = entry.pids_before, entry.pids_after
    if entry.subject == "process" and entry.change == "replaced":
        return f"{entry.comm} {_pids(before)} → {_pids(after)}"
    if entry.subject == "descriptor" and entry.count == 1:
        place = (entry.places_after or entry.places_before)[0]
        if before != after:
            return f"{entry.comm} {_pids(before)} → {_pids(after)}"
        return f"{entry.comm} {place.pid}:{slot_name(place.fd)}"
    if before == after or not before or not after:
        return f"{entry.comm} {_pids(before or after)}"
    return f"{entry.comm} {_pids(before)} → {_pids(after)}"


def _pids(pids: Sequence[int]) -> str:
    if len(pids) <= NAMED:
        return ", ".join(map(str, pids))
    return f"{pids[0]}, {pids[1]} and {len(pids) - 2:,} more"


def _process(entry: Entry) -> str:
    said = [who(entry)]
    if entry.change == "replaced":
        said += [f"same {_listeners(entry.listeners)}"] if entry.listeners else []
        said += _differences(entry.differences)
        return ", ".join(said)
    if entry.change == "changed":
        return f"{said[0]}: {', '.join(_differences(entry.differences))}"
    command = cut(" ".join(entry.command), LONGEST)
    # A line that is cut to a terminal loses its end.
    tells = [_listeners(entry.listeners)] if entry.listeners else []
    tells += [counted(entry.descriptors, "descriptor")] if entry.descriptors else []
    tells += [command] if command and command != entry.comm else []
    return f"{said[0]}: {', '.join(tells)}" if tells else said[0]


def _listeners(found: Sequence[Listener]) -> str:
    shown = [short(one.local) if one.protocol == "tcp" else f"{one.protocol} {short(one.local)}" for one in found]
    if len(shown) > NAMED:
        shown = [*shown[: NAMED - 1], f"{len(shown) - NAMED + 1} more"]
    return f"listener{'s' * (len(found) > 1)} {listed(shown)}"


def _amount(entry: Entry) -> str:
    return (
        f"{entry.count:,} × " if entry.count > 1 and entry.change != "new" else f"{entry.count:,} " * (entry.count > 1)
    )


def _of_descriptors(entry: Entry) -> str:
    match entry.change:
        case "changed":
            return f": {', '.join(_differences(entry.differences))}"
        case "replaced":
            if entry.meaning.startswith("file "):
                return ": another file of this name"
            return ": closed, and opened anew"
        case _:
            return _stayed(entry) + _from_to(entry)


def _stayed(entry: Entry) -> str:
    """Say of a cohort whether there was only one way to go."""
    if entry.count == 1:
        return ""
    if entry.one_way:
        return ", none closed" if entry.change == "new" else ", none opened"
    return ""


def _from_to(entry: Entry) -> str:
    return f" ({entry.before:,} → {entry.after:,})" if entry.before and entry.after else ""


def _differences(found: Sequence[Difference]) -> Iterator[str]:
    for one in found:
        if one.before or one.after:
            yield f"{one.field} {cut(one.before, LONGEST) or 'none'} → {cut(one.after, LONGEST) or 'none'}"
        else:
            yield f"another {one.field}"
