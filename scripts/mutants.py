#!/usr/bin/env python3
"""Falsify every fact of every kind and of every relation, one at a time, and look that a test fails.

    .venv/bin/python scripts/mutants.py [kinds|relations] [NAME …]

Facts are values of frozen structs, and sets, tables and words follow from them when the rooms are imported. So each
mutant is a process that has imported none of them yet: it is forked, one fact is falsified as the instance is made, and
the cheap tests of that room run until the first one fails. A mutant that no test notices is named, and is a failure.
"""

import contextlib
import importlib
import io
import os
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis  # noqa: F401 - imported once here instead of in each mutant
import msgspec
import pytest

ROOT = Path(__file__).parents[1]
DIED, SURVIVED = pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.OK
JOBS = os.cpu_count() or 1


@dataclass(frozen=True)
class Subject:
    """What is falsified: the facts of all instances of one struct."""

    type: str
    """Module and name of the struct."""
    all: str
    """Module and name of the tuple of all instances."""
    key: str
    """Field by which they are called."""
    tests: tuple[str, ...]
    """What has to fail, the quickest first."""
    skipped: frozenset[str] = frozenset()
    """Fields that are no facts."""


SUBJECTS = {
    "kinds": Subject(
        "sockscope.kinds.kind:Kind",
        "sockscope.kinds.registry:KINDS",
        "name",
        ("tests/kinds/test_table.py", "tests/kinds"),
    ),
    "relations": Subject(
        "sockscope.world.relations.relation:Relation",
        "sockscope.world.relations.registry:RELATIONS",
        "name",
        ("tests/world/test_relations_table.py", "tests/report", "tests/world/test_related.py"),
    ),
}


class Mutant(NamedTuple):
    """One fact, falsified in one way."""

    name: str
    fact: str
    way: int
    """Which of the falsehoods that its value has."""
    about: str


def falsehoods(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a fact is not, each with a word for it."""
    if isinstance(value, bool):
        yield str(not value), not value
    elif isinstance(value, (str, bytes, int)):
        yield "another value", value + type(value)(1) if isinstance(value, int) else value + _mark(value)
    elif isinstance(value, dict):
        yield from ((f"without {key}", {one: value[one] for one in value if one != key}) for key in value)
        yield from ((f"another {key}", value | {key: one}) for key in value for _, one in falsehoods(value[key]))
        yield "one more", value | {"~": "~"}
    elif isinstance(value, (tuple, frozenset)):
        kind = type(value)
        yield from ((f"without {gone!r}", kind(one for one in value if one != gone)) for gone in value)
        yield "one more", kind((*value, _mark(next(iter(value), b""))))
    elif callable(value):
        yield "another answer", _lying(value)
    elif value is None:
        yield "something", "~"
    else:
        msg = f"no way is known to falsify {value!r}"
        raise TypeError(msg)


def _mark(value: Any) -> Any:
    return b"~" if isinstance(value, bytes) else "~"


def _lying(tell: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that answers otherwise than another does."""

    def lie(*arguments: Any, **named: Any) -> Any:
        answer = tell(*arguments, **named)
        return next(falsehoods(answer))[1]

    return lie


def mutants(subject: Subject, wanted: list[str]) -> list[Mutant]:
    """List every way to falsify a fact; in a process of its own, because it imports what is falsified."""
    return msgspec.convert(_apart(lambda: _list(subject, wanted)), list[Mutant])


def _list(subject: Subject, wanted: list[str]) -> list[Mutant]:
    found: list[Mutant] = []
    for one in _named(subject.all):
        name = getattr(one, subject.key)
        for fact in one.__struct_fields__:
            if fact in subject.skipped or (wanted and name not in wanted):
                continue
            ways = enumerate(falsehoods(getattr(one, fact)))
            found += (Mutant(name, fact, way, about) for way, (about, _) in ways)
    return found


def _named(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _apart(work: Callable[[], Any]) -> Any:
    """Do something in a fork, and bring back what it found."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            _write(writing, work)
        except Exception:  # noqa: BLE001 - nothing of a fork may go on in here
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        found = answer.read()
    os.waitpid(pid, 0)
    return msgspec.json.decode(found)


def _write(writing: int, work: Callable[[], Any]) -> None:
    with os.fdopen(writing, "wb") as out:
        out.write(msgspec.json.encode(work()))


def start(subject: Subject, mutant: Mutant) -> int:
    """Fork a process in which one fact is false, and in which the tests run; return its pid."""
    pid = os.fork()
    if pid:
        return pid
    status = 255
    with contextlib.suppress(BaseException):
        _falsify(subject, mutant)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            status = next((code for path in subject.tests if (code := _run(path)) != SURVIVED), SURVIVED)
    os._exit(status)


def _run(path: str) -> int:
    options = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-o", "addopts=", "-o", "asyncio_mode="]
    return int(pytest.main([*options, str(ROOT / path)]))


def _falsify(subject: Subject, mutant: Mutant) -> None:
    kind = _named(subject.type)
    name = mutant.name

    def falsify(self: Any) -> None:
        if getattr(self, subject.key) == name:
            false = list(falsehoods(getattr(self, mutant.fact)))[mutant.way][1]
            msgspec.structs.force_setattr(self, mutant.fact, false)

    parameters = getattr(kind, "__parameters__", ())
    base = kind[parameters] if parameters else kind
    falsified = types.new_class(
        kind.__name__, (base,), {"frozen": True}, lambda body: body.update(__post_init__=falsify)
    )
    # Before anything is loaded that makes one.
    setattr(importlib.import_module(kind.__module__), kind.__name__, falsified)


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def try_all(subject: Subject, found: list[Mutant]) -> list[Mutant]:
    """Run every mutant, as many at once as there are processors; return those that no test noticed."""
    survivors: list[Mutant] = []
    running: dict[int, Mutant] = {}
    waiting, total = found[::-1], len(found)
    while waiting or running:
        while waiting and len(running) < JOBS:
            mutant = waiting.pop()
            running[start(subject, mutant)] = mutant
        pid, status = os.wait()
        mutant, code = running.pop(pid), os.waitstatus_to_exitcode(status)
        if code != DIED:
            survivors.append(mutant)
            what = "survived" if code == SURVIVED else f"stopped the tests ({code})"
            say(f"{what}: {mutant.name}.{mutant.fact}: {mutant.about}")
    say(f"{total} mutants, {total - len(survivors)} died")
    return survivors


def main(arguments: list[str]) -> int:
    """Run what is asked for, and say whether every mutant died."""
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    chosen = [name for name in SUBJECTS if name in arguments] or list(SUBJECTS)
    wanted = [name for name in arguments if name not in SUBJECTS]
    found = {name: mutants(SUBJECTS[name], wanted) for name in chosen}
    unknown = set(wanted) - {mutant.name for each in found.values() for mutant in each}
    if unknown:
        say(f"none of the {' or '.join(chosen)} is called {', '.join(sorted(unknown))}")
        return 2
    return 1 if [mutant for name, each in found.items() for mutant in try_all(SUBJECTS[name], each)] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
