"""Stopped processes whose action others wait for: the reader of a full pipe, the other end of a connection."""

from collections.abc import Iterable

from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.findings.wait_graph import CHILDREN, EPOLLS, STILL
from sockscope.model.keys import ProcessKey
from sockscope.model.wait import Wait
from sockscope.world.waits import call_words, halted_words

NAME = "stopped"
MOST = 8
"""Waiters that are named."""
AT_REST = CHILDREN | EPOLLS
"""Calls of those who wait to hear something, not for somebody to take or give what they have begun."""


def _find(look: Look) -> Iterable[Finding]:
    if not look.graph.stuck:
        return
    for core in look.graph.cores:
        threads = look.graph.threads_of(core)
        if not threads or not all(wait.halted == "stopped" for _, wait in threads):
            continue
        key = threads[0][0]
        waiting = look.graph.behind(core)
        behind = [one for one in waiting if _is_held_up(look, one)]
        if behind:
            sure = not (look.unread_processes or look.outside_of_tables) and all(_is_told(look, one) for one in waiting)
            yield _finding(look, key, behind, threads[0][1], sure=sure)


def _is_told(look: Look, key: ProcessKey) -> bool:
    """Whether the kernel names the other end of all that a process waits in: of a loopback connection it does not."""
    waits = [wait for wait in look.world.waits[key].waits if wait.fd >= 0]
    found = [look.graph.descriptor(key, wait) for wait in waits]
    return all(one is not None and one.kind == "pipe" for one in found)


def _is_held_up(look: Look, key: ProcessKey) -> bool:
    """Whether a process is in the middle of something; a shell that waits for a stopped job is at rest."""
    said = look.world.waits.get(key)
    waits = () if said is None else said.waits
    return any(("thread", key, wait.tid) in look.graph.stuck and wait.call not in AT_REST and not wait.halted
               for wait in waits)  # fmt: skip


def _finding(look: Look, key: ProcessKey, behind: list[ProcessKey], wait: Wait, *, sure: bool) -> Finding:
    more = f" and {len(behind) - 1} more" if len(behind) > 1 else ""
    return Finding(
        rule=NAME,
        severity="sick",
        confidence="proven" if sure else "inferred",
        id=finding_id(NAME, f"{key.pid}.{key.start}"),
        subjects=(key, *behind[:MOST]),
        sentence=f"{look.name(key)} is stopped, and {look.name(behind[0])}{more} waits for it",
        evidence=(
            f"{look.title(key)}: {halted_words(wait)}",
            *(_line(look, one) for one in behind[:MOST]),
            *filter(None, (look.outside_of_tables,)),
        ),
        refuted_by="that it is continued (SIGCONT), as a job is by its shell",
        since=wait.since,
    )


def _line(look: Look, key: ProcessKey) -> str:
    said = look.world.waits[key]
    calls = [call_words(wait) for wait in said.waits if wait.call not in AT_REST]
    return f"{look.title(key)}: {', '.join(calls[:3])}"


RULE = Rule(NAME, "a stopped process whose action others wait for", _find, looks=2, seconds=STILL)
