"""What a rule is: a pure function from a look to findings, with what the documents say of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sockscope.findings.finding import Finding
from sockscope.findings.look import Look


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a module of `sockscope.findings.rules` with a `RULE` in it."""

    name: str
    """Its id, as `--rule` and the filter write it."""
    about: str
    """What it holds of, in a few words."""
    find: Callable[[Look], Iterable[Finding]]
    looks: int = 1
    """How many looks it takes to find anything."""
    seconds: float = 0.0
    """How long these have to be apart, from the first to the last."""
    uses: bool = False
    """Whether it finds more where it is shown what processes use without a descriptor."""
