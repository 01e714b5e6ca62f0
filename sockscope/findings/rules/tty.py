"""Jobs in the background that are stopped in the middle of reading or writing their terminal."""

from collections.abc import Iterable

from sockscope.findings.attending import stopped
from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.findings.wait_graph import READS, WRITES
from sockscope.model.process import Process
from sockscope.model.wait import Wait
from sockscope.world.waits import halted_words

NAME = "tty"
OWN = "/dev/tty"
"""Stands for the controlling terminal of whoever opens it."""
SETS_IT = frozenset({"ioctl"})
"""Setting a terminal from the background stops as writing does (tcsetattr(3))."""


def _find(look: Look) -> Iterable[Finding]:
    for key, said in look.world.waits.items():
        process = look.world.processes.get(key)
        if process is None or not process.tty or process.tpgid <= 0 or process.foreground or not stopped(said):
            continue
        for wait in said.waits:
            if _at_terminal(look, process, wait):
                yield _finding(look, process, wait)
                break


def _at_terminal(look: Look, process: Process, wait: Wait) -> bool:
    """Whether the call is one that the terminal stops: of a reader only where SIGTTIN does what it does by default."""
    reads = wait.call in READS
    if not reads and wait.call not in WRITES | SETS_IT:
        return False
    descriptor = look.graph.descriptor(process.key, wait)
    if descriptor is None or descriptor.kind != "tty" or descriptor.target not in {OWN, f"/dev/{process.tty}"}:
        return False
    return not reads or _is_stopped_by_reading(process)


def _is_stopped_by_reading(process: Process) -> bool:
    """Whether a read from the background stops it; one who catches, ignores or blocks the signal is told otherwise."""
    return process.sigttin == "default"


def _finding(look: Look, process: Process, wait: Wait) -> Finding:
    verb = "reads from" if wait.call in READS else "writes to" if wait.call in WRITES else "sets"
    descriptor = look.graph.descriptor(process.key, wait)
    front = [look.name(key) for key in look.world.process_index.groups.get(process.tpgid, ())][:1]
    return Finding(
        rule=NAME,
        severity="note",
        confidence="inferred",
        id=finding_id(NAME, f"{process.pid}.{process.start}"),
        subjects=(process.key if descriptor is None else descriptor.key,),
        sentence=f"{look.name(process.key)} {verb} its terminal {process.tty} from the background, and is stopped",
        evidence=(
            f"{look.title(process.key)}: {halted_words(wait)}",
            f"group {process.pgid} is not in front there: {process.tpgid} is" + (f" ({front[0]})" if front else ""),
        ),
        refuted_by="that it was stopped in front, as by Ctrl+Z, or by somebody (SIGSTOP)",
        since=wait.since,
    )


RULE = Rule(NAME, "a background job that is stopped at its terminal", _find)
