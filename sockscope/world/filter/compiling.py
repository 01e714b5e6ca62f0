"""From an expression to a test. Whatever can be settled once is settled before the first descriptor."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from sockscope.model.descriptor import Descriptor
from sockscope.model.process import Process
from sockscope.world.filter.keys import KEYS, Read, ReadProcess
from sockscope.world.filter.shown import shown_of_descriptor, shown_of_process
from sockscope.world.filter.syntax import And, Expression, Field, Not, Words
from sockscope.world.filter.values import Choice, Match, Text, Value
from sockscope.world.world import World

Test = Callable[[Process, Descriptor | None], bool]
Accepts = Callable[[Any], bool]


class Filter(Struct, frozen=True):
    """A filter over one world. It keeps no state of the world: ask again after a frame."""

    expression: Expression
    test: Test

    @property
    def empty(self) -> bool:
        """Whether it accepts everything."""
        return self.expression == And()

    def accepts(self, process: Process, descriptor: Descriptor) -> bool:
        """Whether a descriptor is wanted."""
        return self.test(process, descriptor)

    def accepts_process(self, process: Process) -> bool:
        """Whether the row of a process is wanted for itself; what is said of descriptors does not hold of it."""
        return self.test(process, None)


def compile_filter(world: World, expression: Expression) -> Filter:
    """Make an expression ready to be asked."""
    return Filter(expression, _test(world, expression))


def _test(world: World, expression: Expression) -> Test:
    if isinstance(expression, Words):
        return _words(world, expression)
    if isinstance(expression, Field):
        return _field(world, expression)
    if isinstance(expression, Not):
        inner = _test(world, expression.inner)
        return lambda process, descriptor: not inner(process, descriptor)
    # Words are looked for in everything that is shown; whatever decides without them comes first.
    tests = [_test(world, part) for part in sorted(expression.parts, key=_costly)]
    return _all(tests) if isinstance(expression, And) else _any(tests)


def _costly(expression: Expression) -> bool:
    if isinstance(expression, (Words, Field)):
        return isinstance(expression, Words)
    return any(map(_costly, (expression.inner,) if isinstance(expression, Not) else expression.parts))


def _all(tests: list[Test]) -> Test:
    def test(process: Process, descriptor: Descriptor | None) -> bool:
        for one in tests:  # noqa: SIM110 - a generator would double the cost of the innermost loop
            if not one(process, descriptor):
                return False
        return True

    return test


def _any(tests: list[Test]) -> Test:
    def test(process: Process, descriptor: Descriptor | None) -> bool:
        for one in tests:  # noqa: SIM110 - as above
            if one(process, descriptor):
                return True
        return False

    return test


def alternatives(values: tuple[Value, ...] | tuple[Text | Match, ...]) -> Accepts:
    """One question for all alternatives."""
    if len(values) == 1:
        return values[0].accepts
    return lambda found: any(value.accepts(found) for value in values)


def _words(world: World, words: Words) -> Test:
    accepts = alternatives(words.values)
    in_process = _remembered(lambda process: accepts(shown_of_process(process)))

    def test(process: Process, descriptor: Descriptor | None) -> bool:
        if in_process(process):
            return True
        return descriptor is not None and accepts(shown_of_descriptor(world, descriptor))

    return test


def _field(world: World, field: Field) -> Test:
    key = KEYS[field.key]
    accepts = alternatives(field.values)
    if key.read_process is not None and key.read is not None:
        # Every process has some value: a pattern that all of these fit asks about the descriptor.
        of_process = alternatives(tuple(value for value in field.values if isinstance(value, Choice)))
        return _any([_of_process(world, key.read_process, of_process), _of_descriptor(world, key.read, accepts)])
    if key.read_process is not None:
        return _of_process(world, key.read_process, accepts)
    assert key.read is not None  # noqa: S101 - one of the two is there
    return _of_descriptor(world, key.read, accepts)


def _of_process(world: World, read: ReadProcess, accepts: Accepts) -> Test:
    return lambda process, _: _one(read(world, process), accepts)


def _of_descriptor(world: World, read: Read, accepts: Accepts) -> Test:
    def test(process: Process, descriptor: Descriptor | None) -> bool:
        return descriptor is not None and _one(read(world, process, descriptor), accepts)

    return test


def _one(found: Iterable[str | int], accepts: Accepts) -> bool:
    for value in found:  # noqa: SIM110 - as above
        if accepts(value):
            return True
    return False


def _remembered(question: Callable[[Process], bool]) -> Callable[[Process], bool]:
    """Ask once for each process in a row: its descriptors come one after the other."""
    last: tuple[Process | None, bool] = (None, False)

    def answer(process: Process) -> bool:
        nonlocal last
        if last[0] is not process:
            last = (process, question(process))
        return last[1]

    return answer
