"""One look after the other, through all rules."""

from collections.abc import Collection, Iterable
from itertools import islice

from sockscope.findings.finding import Finding, Subject, finding_order
from sockscope.findings.look import Look, Memory
from sockscope.findings.registry import RULES
from sockscope.findings.rule import Rule
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.world.world import World

MOST = 256
"""Findings of one rule that are kept of a look: anybody can make thousands."""


class Diagnosis:
    """What is wrong now, and what the rules remember of the looks before."""

    def __init__(self, rules: Collection[Rule] = RULES) -> None:
        """Ask these rules."""
        self._rules = rules
        self._memory = Memory()
        self._seq: int | None = None
        self.findings: tuple[Finding, ...] = ()
        """Of the last look, the worst first."""
        self.by_subject: dict[ProcessKey | DescriptorKey, tuple[Finding, ...]] = {}
        """The same by each subject, and by each process of one."""

    def forget(self) -> None:
        """Forget the looks before: what comes next does not follow on them."""
        self._memory = Memory()
        self._seq = None

    @property
    def counts(self) -> tuple[int, int]:
        """How many findings are sick, and how many suspect."""
        severities = [one.severity for one in self.findings]
        return severities.count("sick"), severities.count("suspect")

    def about(self, subjects: Iterable[Subject]) -> list[Finding]:
        """Return the findings about any of some subjects, each once."""
        met = (one for subject in subjects for one in self.by_subject.get(subject, ()))
        return list({one.id: one for one in met}.values())

    def look(self, world: World) -> tuple[Finding, ...]:
        """Ask the rules about a new frame; the same one asked about again changes nothing."""
        # Who has not had his turn in the first look may hold anything.
        if world.previewed or world.coverage.waiting_processes or world.seq == self._seq:
            return self.findings
        if self._seq is not None and world.seq < self._seq:
            self._memory = Memory()  # another collector counts from the beginning
        self._seq = world.seq
        look = Look(world, self._memory)
        found = {one.id: one for rule in self._rules for one in islice(rule.find(look), MOST)}
        self._memory.forget(world.seq)
        self.findings = tuple(sorted(found.values(), key=finding_order))
        subjects: dict[ProcessKey | DescriptorKey, dict[str, Finding]] = {}
        for one in self.findings:
            for key in (*one.subjects, *one.processes):
                subjects.setdefault(key, {})[one.id] = one
        self.by_subject = {key: tuple(named.values()) for key, named in subjects.items()}
        return self.findings
