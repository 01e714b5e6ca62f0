"""The explorer, on this machine or on example processes: who keeps which rights, and what it is opened with."""

import argparse
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from sockscope.cli import streams
from sockscope.cli.arguments import demo_parser, explorer_parser
from sockscope.cli.collecting import collector_command
from sockscope.cli.exit_codes import DENIED, OK, USAGE
from sockscope.cli.parsers import COMMAND_PARSERS
from sockscope.cli.refusal import CommandError
from sockscope.cli.requirements import (
    ROOM_OF_THE_EXPLORER,
    absolute_target,
    check_filter,
    pids_of,
    require_machine,
    require_processes,
    require_terminal,
)
from sockscope.cli.values import DEFAULT_INTERVAL

if TYPE_CHECKING:
    from sockscope.feed.stream import Feed
    from sockscope.privileges.scribe import Scribe


def explore(words: list[str]) -> int:
    """Open the explorer on this machine and return its exit code.

    Raises:
        CommandError: there is no terminal, no such process, or no way to give rights up.
        UsageError: the words make no sense.
    """
    options = explorer_parser().parse_args(words)
    require_machine(ROOM_OF_THE_EXPLORER)
    pids = pids_of(options.pid)
    check_filter(options.filter)
    options.target = absolute_target(options.target)
    _check_target(options.target)
    require_terminal()
    require_processes(pids)
    chosen: dict[str, Any] = {"pids": tuple(pids), "filter": options.filter, "target": options.target}
    if options.group_by is not None:
        chosen["group_by"] = options.group_by
    divided = partial(_divided, options.interval or DEFAULT_INTERVAL, no_diag=options.no_diag, nice=options.nice)
    return open_explorer(options, chosen, divided)


def demo(words: list[str]) -> int:
    """Open the explorer on example processes, which end with it, and return its exit code.

    Raises:
        CommandError: there is no terminal, the processes cannot be started, or there is no way to give rights up.
        UsageError: the words make no sense.
    """
    options = demo_parser().parse_args(words)
    require_machine(ROOM_OF_THE_EXPLORER)
    from sockscope.demo.company import Company, CompanyError
    from sockscope.demo.guide import tour
    from sockscope.privileges.invoker import InvokerError

    if not options.processes_only:
        require_terminal()
    try:
        with Company() as company:
            if options.processes_only:
                streams.write(company.playbill)
                streams.input().buffer.read()
                return OK
            steps = () if options.no_tour else tour(company.truth)
            divided = partial(_divided, options.interval or DEFAULT_INTERVAL, children=company.processes)
            return open_explorer(options, {"pids": company.pids, "tour": steps}, divided)
    except CompanyError as error:
        raise CommandError(str(error), DENIED) from error
    except InvokerError as error:
        raise CommandError(str(error), USAGE) from error


def open_explorer(
    options: argparse.Namespace, chosen: dict[str, Any], divided: "Callable[[], tuple[Feed, Scribe]]"
) -> int:
    """Open the explorer with what was chosen, over what the configuration says, and return its exit code.

    Args:
        options: of the command line; `interval` is None where it is the configuration's.
        chosen: fields of `sockscope.tui.options.Options`.
        divided: gives every right up, and returns the feed and what writes files.

    Raises:
        CommandError: rights could not be given up.
    """
    own_configuration = _opened_for_root()
    feed, scribe = divided()
    # What the toolkit takes from the environment can name code to run and files to write.
    for name in [name for name in os.environ if name.startswith("TEXTUAL")]:
        del os.environ[name]
    # Loaded by a process that has no rights left, and is the user behind sudo: the configuration is that user's.
    import msgspec

    from sockscope.config.file import config_path, load
    from sockscope.report.new_file import handed_to
    from sockscope.tui.app import run
    from sockscope.tui.options import Options
    from sockscope.tui.plain_ascii import needs_ascii

    settings, notes = load(config_path(), own_configuration)
    for note in notes:
        streams.complain(note, OK)
    configured: dict[str, Any] = msgspec.structs.asdict(settings)
    if options.interval is not None:
        configured["interval"] = options.interval
    configured["mouse"] = settings.mouse and not options.no_mouse
    bare = needs_ascii(os.environ) or not streams.shows_utf8()
    configured["ascii"] = options.ascii or (bare if settings.ascii is None else settings.ascii)
    try:
        return run(feed, Options(**configured | {"notes": notes, "write_new": handed_to(scribe.write)} | chosen))
    finally:
        scribe.close()


def _opened_for_root() -> int | None:
    """Open the configuration of root, who is about to become nobody; None for other users, and where there is none.

    Behind sudo it is not opened: the file is the user's, and root could be led to another one by it.
    """
    if os.geteuid() != 0 or os.environ.get("SUDO_UID"):
        return None
    from sockscope.config.file import config_path, open_file

    try:
        return open_file(config_path())
    except OSError:  # said where it is read
        return None


def _divided(
    interval: float, *, no_diag: bool = False, nice: bool = False, children: Sequence[int] = ()
) -> "tuple[Feed, Scribe]":
    """Leave root's rights to what starts collectors, keep none, and return the feed that comes from there.

    What writes the user's files comes with it.

    Raises:
        CommandError: they could not be given up.
    """
    from sockscope.privileges.division import divide
    from sockscope.privileges.invoker import InvokerError, RightsError
    from sockscope.report.new_file import written_new

    command = collector_command(interval, no_diag=no_diag, nice=nice)
    try:
        spawner, scribe = divide(command, written_new, children)
    except InvokerError as error:
        raise CommandError(str(error), USAGE) from error
    except RightsError as error:
        raise CommandError(str(error), DENIED) from error
    from sockscope.feed.spawned import SpawnedFeed
    from sockscope.privileges.spawner import SpawnerGoneError

    try:
        return SpawnedFeed(spawner), scribe
    except SpawnerGoneError as error:
        raise CommandError(str(error), DENIED) from error


def _check_target(text: str) -> None:
    """Check that what to go to is written as a target is.

    Raises:
        CommandError: it is not.
    """
    if not text:
        return
    if text in COMMAND_PARSERS:
        msg = f"{text} is a command and comes first: sockscope {text} … (a process of that name: --pid {text})"
        raise CommandError(msg, USAGE)
    from sockscope.world.targets.answers import TargetSyntaxError
    from sockscope.world.targets.forms import read_target

    try:
        read_target(text)
    except TargetSyntaxError as error:
        raise CommandError(str(error), USAGE) from error
