"""What `snapshot`, `show`, `findings` and `why` say of a recording instead of this machine."""

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sockscope.abi.text import clean_str, ours
from sockscope.cli import streams
from sockscope.cli.exit_codes import DENIED, MISSING, OK, USAGE
from sockscope.cli.refusal import CommandError
from sockscope.cli.values import UsageError, read_pids

if TYPE_CHECKING:
    from sockscope.findings.diagnosis import Diagnosis
    from sockscope.findings.rule import Rule
    from sockscope.recording.reader import Recording
    from sockscope.world.world import World

NOT_ASKED = ours("this is a recording: what is asked only of what somebody looks at was not recorded")
"""Beside what is shown in depth."""
_OF_THE_MACHINE = ("no_diag", "maps", "options", "look_inside")
"""Options that say how to look."""


def refuse_of_the_machine(options: argparse.Namespace) -> None:
    """Check that nothing was asked for that a recording cannot give.

    Raises:
        UsageError: it was.
    """
    if not options.recording:
        if options.at:
            msg = "--at is a moment of a recording: --recording FILE says of which"
            raise UsageError(msg)
        return
    for name in _OF_THE_MACHINE:
        if getattr(options, name, False):
            msg = f"--{name.replace('_', '-')} says how to look at this machine, and has no meaning for a recording"
            raise UsageError(msg)


def open_asked(path: str) -> "Recording":
    """Open a recording as the user who asked, give every right up, and then read it.

    Raises:
        CommandError: it cannot be opened, is none, or rights cannot be given up.
    """
    from sockscope.privileges.division import reading

    return read_opened(lambda: reading(path), path)


def read_opened(opened: Callable[[], int], path: str) -> "Recording":
    """Read a recording.

    Args:
        opened: opens it, and gives rights up.
        path: how it is called.

    Raises:
        CommandError: it cannot be opened, is none, or rights cannot be given up.
    """
    from sockscope.privileges.invoker import InvokerError, RightsError

    try:
        file = opened()
    except InvokerError as error:
        raise CommandError(str(error), USAGE) from error
    except RightsError as error:
        raise CommandError(str(error), DENIED) from error
    except OSError as error:
        msg = f"{clean_str(path)} cannot be opened: {error.strerror or error}"
        raise CommandError(msg, MISSING if isinstance(error, FileNotFoundError) else DENIED) from error
    from sockscope.recording.layout import RecordingError
    from sockscope.recording.reader import Recording

    try:
        recording = Recording(file)
    except RecordingError as error:
        msg = f"{clean_str(path)}: {error}"
        raise CommandError(msg, DENIED) from error
    if not recording.whole:
        streams.complain(f"{clean_str(path)}: a part is damaged and was passed over", OK)
    return recording


def look_asked(recording: "Recording", text: str, option: str = "--at") -> int:
    """Return the number of the look that a moment means; `option` is what it was typed for.

    Raises:
        CommandError: it means none.
    """
    from sockscope.recording.moments import MomentError, check_moment, find_look

    try:
        check_moment(text)
    except MomentError as error:
        msg = f"{option}: {error}"
        raise CommandError(msg, USAGE) from error
    try:
        return find_look(recording, text)
    except MomentError as error:
        msg = f"{option}: {error}"
        raise CommandError(msg, MISSING) from error


def snapshot(options: argparse.Namespace) -> int:
    """Print one picture of a recording."""
    world = _world(options)
    pids = _pids(world, options.pid)
    from sockscope.cli.snapshot import draw

    streams.write(
        draw(
            world,
            options.format,
            pids,
            kernel_threads=options.kernel_threads,
            width=streams.width(),
            filter_text=options.filter,
            summary=options.summary,
        )
    )
    return OK


def show(options: argparse.Namespace) -> int:
    """Print one thing of a recording, as far as it was recorded."""
    world = _world(options)
    from sockscope.cli.show import show_of

    streams.write(show_of(world, options.target, options.format, width=streams.width(), why_not=NOT_ASKED))
    return OK


def findings(options: argparse.Namespace, names: Sequence[str]) -> int:
    """Print what was wrong at a moment of a recording, after the looks before it that the rules need."""
    from sockscope.cli import diagnosing
    from sockscope.findings.registry import BY_NAME, RULES

    rules = [BY_NAME[name] for name in names] if names else list(RULES)
    recording = open_asked(options.recording)
    number = look_asked(recording, options.at)
    least = max(rule.looks for rule in rules)
    world, diagnosis, looks = _diagnosed(
        recording, number, options.looks or least, 0.0 if options.looks else max(rule.seconds for rule in rules), rules
    )
    pids = _pids(world, options.pid)
    text, code = diagnosing.told(world, diagnosis, looks, options.format, pids, options.min, streams.width())
    streams.write(text.encode() if options.format == "json" else text)
    return code


def why(options: argparse.Namespace) -> int:
    """Print what something waited for at a moment of a recording."""
    from sockscope.cli import diagnosing
    from sockscope.findings.registry import RULES
    from sockscope.world.targets.forms import read_target

    wanted = read_target(options.target)
    recording = open_asked(options.recording)
    number = look_asked(recording, options.at)
    world, diagnosis, _ = _diagnosed(recording, number, diagnosing.LOOKS_OF_WHY, 0.0, RULES)
    streams.write(diagnosing.chain(world, diagnosis, wanted(world, None)[0], streams.width()))
    return OK


def _world(options: argparse.Namespace) -> "World":
    recording = open_asked(options.recording)
    number = look_asked(recording, options.at)
    from sockscope.recording.layout import RecordingError

    try:
        return recording.world_at(number)
    except RecordingError as error:
        raise _unreadable(error) from error


def _diagnosed(
    recording: "Recording", number: int, looks: int, seconds: float, rules: Sequence["Rule"]
) -> "tuple[World, Diagnosis, int]":
    """Go through at least so many looks and seconds up to a look, or from the first one on, asking rules at each.

    Returns:
        The world, what was found, and how many looks that took.
    """
    from sockscope.findings.diagnosis import Diagnosis
    from sockscope.frames.messages import Hello
    from sockscope.recording.layout import RecordingError
    from sockscope.world.world import World

    first = min(max(0, number - looks + 1), recording.at_passed(recording.passed[number] - seconds))
    world, diagnosis = World(), Diagnosis(rules)
    try:
        for message in recording.play(first, number):
            if isinstance(message, Hello):
                world.greet(message)
            else:
                world.apply(message)
                diagnosis.look(world)
    except RecordingError as error:
        raise _unreadable(error) from error
    return world, diagnosis, number - first + 1


def _unreadable(error: Exception) -> CommandError:
    return CommandError(f"{error}; choose another moment with --at", DENIED)


def _pids(world: "World", words: list[str] | None) -> list[int]:
    """Read `--pid` by the names that processes had."""

    def named(name: str) -> list[int]:
        return [key.pid for key, process in world.processes.items() if process.comm == name]

    try:
        pids = read_pids(words, named)
    except LookupError as error:
        msg = f"{error.args[0]} in this recording at that moment"
        raise CommandError(msg, MISSING) from error
    there = {key.pid for key in world.processes}
    missing = [pid for pid in pids if pid not in there]
    if missing:
        msg = f"there is no process {missing[0]} in this recording at that moment"
        raise CommandError(msg, MISSING)
    return pids
