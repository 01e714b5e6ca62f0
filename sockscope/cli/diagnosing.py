"""Several looks at this machine, and what the rules find in them: what `findings` and `why` print."""

import math
import sys
import time
from collections.abc import Iterator, Sequence

from sockscope.cli.exit_codes import FOUND, OK
from sockscope.cli.look import watched
from sockscope.cli.looker import Looker
from sockscope.collect.collector import Collector
from sockscope.collect.greeting import hello
from sockscope.collect.locate import locate
from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.finding import SEVERITIES, Finding, Severity, Subject
from sockscope.findings.look import Look, Memory
from sockscope.findings.registry import BY_NAME, RULES
from sockscope.findings.rule import Rule
from sockscope.findings.why import why as chain_of
from sockscope.frames.messages import Locate
from sockscope.report.encoding import to_json
from sockscope.report.findings import chain_text, findings_document, findings_text
from sockscope.world.targets.forms import read_target
from sockscope.world.world import World

LOOKS_OF_WHY = 4
"""As many as those rules need that ask for processor time at three looks: the first look knows of none."""


def looks_for(rules: Sequence[Rule], interval: float) -> int:
    """How many looks some rules need, `interval` seconds apart."""
    return max(max(rule.looks, math.ceil(rule.seconds / interval) + 1) for rule in rules)


def findings(
    form: str,
    pids: Sequence[int],
    names: Sequence[str],
    least: Severity,
    *,
    looks: int | None,
    interval: float,
    width: int | None,
    looker: Looker,
    no_diag: bool = False,
) -> tuple[str, int]:
    """Look, and return what is wrong as `text` or `json`, with the exit code.

    Args:
        form: which of the two.
        pids: processes that a finding has to be about, any when empty.
        names: of rules to ask, all when empty.
        least: severity from which there is something to report.
        looks: how many, None for as many as the rules need.
        interval: seconds between them.
        width: columns that lines are cut to, None for no cutting.
        looker: who looks.
        no_diag: whether to leave sock_diag alone and read /proc/net.
    """
    rules = [BY_NAME[name] for name in names] if names else list(RULES)
    count = looks or looks_for(rules, interval)
    diagnosis = Diagnosis(rules)
    world = World()
    # That takes a lock of every process's memory: not unless somebody asks for exactly this.
    uses = any(rule.uses for rule in rules) and bool(names)
    for _ in _looks(world, count, interval, looker, no_diag=no_diag, uses=uses):
        diagnosis.look(world)
    return told(world, diagnosis, count, form, pids, least, width)


def told(
    world: World,
    diagnosis: Diagnosis,
    looks: int,
    form: str,
    pids: Sequence[int],
    least: Severity,
    width: int | None,
) -> tuple[str, int]:
    """Write what was found in some looks as `text` or `json`, and return it with the exit code."""
    found = [one for one in diagnosis.findings if _wanted(one, pids, least)]
    text = to_json(findings_document(world, found, looks)) if form == "json" else findings_text(world, found, width)
    return text, FOUND if found else OK


def why(target: str, *, width: int | None, looker: Looker, no_diag: bool = False) -> str:
    """Walk from a target to who should act, and say what is known to be wrong with those on the way.

    Raises:
        TargetSyntaxError: the target is not written as any target is.
        TargetMissingError: there is no such thing.
        PermissionError: it is there, and hidden from this user.
    """
    world, diagnosis = World(), Diagnosis()
    wanted = read_target(target)
    located = None
    for collector in _looks(world, LOOKS_OF_WHY, 1.0, looker, no_diag=no_diag):
        diagnosis.look(world)
        if wanted.path and located is None:
            with watched(collector):
                located = locate(collector, Locate(0, wanted.path))
    return chain(world, diagnosis, wanted(world, located)[0], width)


def chain(world: World, diagnosis: Diagnosis, start: Subject, width: int | None) -> str:
    """Write the chain from somebody to who should act, and what is known to be wrong with those on the way."""
    steps = chain_of(Look(world, Memory()), start)
    text = chain_text(steps, width)
    found = diagnosis.about(step.subject for step in steps if step.subject is not None)
    return f"{text}\n{findings_text(world, found, width)}" if found else text


def tell(text: str) -> None:
    """Say on standard error how far it is, where that is a terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(text)
        sys.stderr.flush()


def _wanted(finding: Finding, pids: Sequence[int], least: Severity) -> bool:
    if SEVERITIES.index(finding.severity) > SEVERITIES.index(least):
        return False
    return not pids or any(key.pid in pids for key in finding.processes)


def _looks(
    world: World, count: int, interval: float, looker: Looker, *, no_diag: bool, uses: bool = False
) -> Iterator[Collector]:
    """Look some times; tells how far it is where somebody sees that."""
    collector = Collector(all_flags=True, no_diag=no_diag, user_name=looker.user_name)
    collector.interval = interval
    collector.uses.wanted = uses
    world.greet(hello(collector.procfs, looker.uid))
    try:
        for turn in range(count):
            if turn:
                time.sleep(interval)
            tell(f"\rlook {turn + 1} of {count} …")
            with watched(collector):
                frame = collector.refresh()
            world.apply(frame)
            yield collector
    finally:
        tell("\r\x1b[K")
        collector.close()
