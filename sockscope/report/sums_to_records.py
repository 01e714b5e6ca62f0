"""Sums as records of the JSON documents, and the `snapshot --summary` document."""

from collections import Counter

from sockscope.abi.text import NOTHING
from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process
from sockscope.report.selection import Selection
from sockscope.report.snapshot import header_facts
from sockscope.report.sum_records import GroupSumRecord, KindSumRecord, ProcessCountRecord, SumsRecord, UserSumRecord
from sockscope.report.summary_record import Summary
from sockscope.world.sums import Sums, UserSum, sums, user_sums
from sockscope.world.world import World


def sums_record(world: World, found: Sums) -> SumsRecord:
    """Fill in what some processes have open."""
    states: Counter[str] = Counter()
    for kind in found.kinds:
        states.update(kind.states)
    return SumsRecord(
        processes=found.processes,
        descriptors=found.descriptors,
        unread=found.unread,
        limit=_known(found.limit),
        kinds=[KindSumRecord(one.label, one.count, _ordered(one.states)) for one in found.kinds],
        states=_ordered(states),
        remotes=_ordered(found.remotes),
        services=_ordered(found.services),
        clients=[_client(world, key, count) for key, count in _most(found.clients)],
        near_limit=[_near(process) for process in found.near],
    )


def summary_document(world: World, selection: Selection) -> Summary:
    """Make the document of `snapshot --summary --format json`."""
    processes = selection.processes(world)
    groups: dict[int, list[ProcessKey]] = {}
    for process in processes:
        groups.setdefault(process.pgid, []).append(process.key)
    return Summary(
        **header_facts(world, selection),
        open_files=_known(world.limits.open_files),
        open_files_limit=_known(world.limits.open_files_limit),
        sums=sums_record(world, sums(world, (process.key for process in processes), selection.accept)),
        users=[_user(world, one) for one in user_sums(world, processes)],
        groups=[_group(world, selection, pgid, keys) for pgid, keys in sorted(groups.items())],
        processes=[_near(process) for process in sorted(processes, key=lambda one: (-one.fd_count, one.pid))],
    )


def _group(world: World, selection: Selection, pgid: int, keys: list[ProcessKey]) -> GroupSumRecord:
    group = world.group(pgid)
    return GroupSumRecord(
        pgid, "" if group is None else group.leader, sums_record(world, sums(world, keys, selection.accept))
    )


def _user(world: World, one: UserSum) -> UserSumRecord:
    return UserSumRecord(
        uid=one.uid,
        user=one.user,
        processes=one.processes,
        descriptors=one.descriptors,
        inotify_instances=one.inotify_instances,
        inotify_instances_limit=_known(world.limits.inotify_instances),
        inotify_watches=one.inotify_watches,
        inotify_watches_limit=_known(world.limits.inotify_watches),
    )


def _client(world: World, key: ProcessKey, count: int) -> ProcessCountRecord:
    process = world.processes.get(key)
    return ProcessCountRecord(key.pid, NOTHING if process is None else process.comm, count)


def _near(process: Process) -> ProcessCountRecord:
    return ProcessCountRecord(process.pid, process.comm, max(process.fd_count, 0), _known(process.fd_limit))


def _known(number: int) -> int | None:
    return None if number < 0 else number


def _most(counts: Counter[ProcessKey]) -> list[tuple[ProcessKey, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
