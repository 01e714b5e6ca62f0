"""Where a process belongs under each grouping, in which order groups stand, and what they are called."""

from collections.abc import Callable

from msgspec import Struct

from sockscope.model.process import Process
from sockscope.world.grouping.ancestry import root_of
from sockscope.world.grouping.title import Title
from sockscope.world.world import World

GroupId = int | str
"""What tells the groups of one grouping apart; all of one grouping are of one type."""
Members = tuple[Process, ...]
"""Processes of one group, by pid; never empty."""


class Placing(Struct, frozen=True):
    """How one grouping gathers processes."""

    place: Callable[[World, Process], GroupId]
    title: Callable[[World, GroupId, Members], Title]
    nested: bool = False
    """Whether members stand below their parents: depth first, each with a depth."""
    follows_findings: bool = False
    """Whether processes move when something else is found to be wrong with them, though they stay as they are."""
    zero_unknown: bool = False
    """Whether 0 (or no text) stands for what could not be learnt; that group stands last."""


def _led(members: Members, pid: GroupId) -> Process:
    """Return the member that the group is named after: the one with this pid, else the first."""
    return next((member for member in members if member.pid == pid), members[0])


def _leader_gone(first: Process, pid: GroupId) -> str:
    return "leader gone" if pid not in {0, first.pid} else ""


def _pgrp(_: World, pgid: GroupId, members: Members) -> Title:
    first = _led(members, pgid)
    return Title(
        label=f"pgrp {pgid}",
        name=first.title,
        count=len(members),
        tty=first.tty,
        foreground=any(member.foreground for member in members),
        note=_leader_gone(first, pgid),
    )


def _session(_: World, sid: GroupId, members: Members) -> Title:
    first = _led(members, sid)
    tty = next((member.tty for member in members if member.tty), "")
    return Title(f"session {sid}", first.title, len(members), tty=tty, note=_leader_gone(first, sid))


def _tree(_: World, root: GroupId, members: Members) -> Title:
    return Title(f"tree of {root}", _led(members, root).title, len(members))


def _user(_: World, uid: GroupId, members: Members) -> Title:
    return Title(f"user {uid}", members[0].user, len(members))


def _cgroup(_: World, path: GroupId, members: Members) -> Title:
    return Title("cgroup", str(path), len(members), note="" if path else "not known")


def _netns(world: World, inode: GroupId, members: Members) -> Title:
    name = world.netns_name(int(inode)) if inode else ""
    number = f"netns {inode}" if int(inode) > 0 else "netns"
    return Title(number, name or members[0].title, len(members), note="" if inode else "not known")


def _worst(world: World, process: Process) -> str:
    """Name what is wrong with a process so that the worst stands first, "" where nothing is."""
    told = next(iter(world.found.get(process.key, ())), None)
    return "" if told is None else f"{SEVERITIES.index(told.severity)} {told.id}"


def _finding(world: World, finding: GroupId, members: Members) -> Title:
    told = next((one for key in members for one in world.found.get(key.key, ()) if finding), None)
    if told is None:
        return Title("finding", "nothing is known to be wrong", len(members))
    return Title(f"{told.severity}: {told.rule}", told.sentence, len(members))


SEVERITIES = ("sick", "suspect", "note")
"""The worst first, as the rules have them."""
PLACINGS: dict[str, Placing] = {
    "pgrp": Placing(lambda _, process: process.pgid, _pgrp),
    "session": Placing(lambda _, process: process.sid, _session),
    "tree": Placing(lambda world, process: root_of(world, process).pid, _tree, nested=True),
    "user": Placing(lambda _, process: process.uid, _user),
    "cgroup": Placing(lambda _, process: process.cgroup, _cgroup, zero_unknown=True),
    "finding": Placing(_worst, _finding, follows_findings=True, zero_unknown=True),
    "netns": Placing(lambda _, process: process.netns, _netns, zero_unknown=True),
}
