"""Threads that wait for each other and for nobody else: deadlocks, and ends of file that never come."""

from collections.abc import Iterable

from sockscope.findings.attending import may_be_renumbered
from sockscope.findings.finding import Finding, Severity, Subject, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.findings.wait_graph import CHILDREN, EPOLLS, READS, STILL, WRITES
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.wait import Wait
from sockscope.world.waits import call_words

NAME = "stuck"
MOST = 12
"""Threads that the evidence names."""
MOST_READS = 64
"""Reading threads of a knot that are asked whether they could write what they read."""
_Thread = tuple[ProcessKey, Wait]


def _find(look: Look) -> Iterable[Finding]:
    if not look.graph.stuck:
        return
    for core in look.graph.cores:
        threads = look.graph.threads_of(core)
        if threads and not any(wait.halted for _, wait in threads):
            yield _finding(look, threads, look.graph.behind(core))


def _finding(look: Look, threads: list[_Thread], behind: list[ProcessKey]) -> Finding:
    severity, what = _judge(look, threads)
    keys = list(dict.fromkeys(key for key, _ in threads))
    sure = not look.unread_processes
    if severity == "sick" and not sure:
        severity = "suspect"
    since = max(wait.since for _, wait in threads)
    through_sockets = any(_kind(look, one) == "socket" for one in threads)
    by_number = any(may_be_renumbered(look, key, wait) for key, wait in threads)
    evidence = [_line(look, one) for one in threads[:MOST]]
    if len(threads) > MOST:
        evidence.append(f"and {len(threads) - MOST} more threads, each waiting for these")
    evidence.append(f"no thread of them has run for {max(look.world.time - since, STILL):.0f} s (schedstat)")
    if look.outside_of_tables:
        evidence.append(look.outside_of_tables)
    if behind:
        evidence.append(f"behind them wait {', '.join(map(look.name, behind[:MOST]))}")
    if not sure:
        evidence.append(f"{look.unread_processes} processes could not be read and may hold an end of what lies between")
    refuted = "a signal, which cannot be seen coming"
    if through_sockets:
        refuted += ", or a timeout that a socket was given (SO_RCVTIMEO, SO_SNDTIMEO)"
    if by_number:
        refuted += ", or a thread that has put another file at a number since the call with it began"
    names = ", ".join(map(look.name, keys[:3])) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")  # noqa: PLR2004
    return Finding(
        rule=NAME,
        severity=severity,
        confidence="inferred" if through_sockets or by_number or not sure or look.outside_of_tables else "proven",
        id=finding_id(NAME, *(f"{key.pid}.{key.start}" for key in keys)),
        subjects=_subjects(look, threads),
        sentence=what.format(names=names, each="itself" if len(keys) == 1 else "each other"),
        evidence=tuple(evidence),
        refuted_by=refuted,
        since=since,
    )


def _judge(look: Look, threads: list[_Thread]) -> tuple[Severity, str]:
    """Say how bad a knot is. Who only waits to be told something may wait for a signal, and is at rest."""
    calls = {wait.call for _, wait in threads}
    if calls & WRITES or any(wait.manner == "lock" for _, wait in threads):
        return "sick", "deadlock: {names} wait for {each}, and for nobody else"
    reads = [one for one in threads if one[1].call in READS]
    if reads and calls & CHILDREN:
        return "sick", "end of file never comes: {names} wait for {each} with an end of what is read still open"
    if any(_reads_from_itself(look, one) for one in reads[:MOST_READS]):
        return "sick", "end of file never comes: {names} read what only they could write"
    if calls <= EPOLLS:
        return "note", "{names} wait in epoll for {each}, and for nobody else"
    return "note", "{names} wait for {each}, and for nobody else"


def _reads_from_itself(look: Look, thread: _Thread) -> bool:
    """Whether a process reads a pipe that it has open for writing as well."""
    key, wait = thread
    descriptor = look.graph.descriptor(key, wait)
    if descriptor is None or descriptor.kind != "pipe":
        return False
    writers = look.world.descriptor_index.at_ends(descriptor.object, ("w", "rw"))
    return any(holder.pid == key.pid for holder in writers)


def _kind(look: Look, thread: _Thread) -> str:
    descriptor = look.graph.descriptor(*thread)
    return "" if descriptor is None else descriptor.kind


def _line(look: Look, thread: _Thread) -> str:
    key, wait = thread
    who = look.title(key) if wait.tid == key.pid else f"{look.title(key)}, thread {wait.tid}"
    descriptor = look.graph.descriptor(key, wait)
    return f"{who}: {call_words(wait)}{_what(descriptor)}"


def _what(descriptor: Descriptor | None) -> str:
    return "" if descriptor is None else f", {descriptor.kind} {descriptor.target}"


def _subjects(look: Look, threads: list[_Thread]) -> tuple[Subject, ...]:
    """Return descriptors that are waited on, and the processes of those who wait for something else."""
    found: dict[Subject, None] = {}
    for key, wait in threads:
        descriptor = look.graph.descriptor(key, wait)
        found[key if descriptor is None else DescriptorKey(*descriptor.key)] = None
    return tuple(found)


RULE = Rule(NAME, "threads wait for each other and for nobody else", _find, looks=2, seconds=STILL)
