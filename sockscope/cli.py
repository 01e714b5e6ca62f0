"""Arguments in, exit codes out."""

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sockscope.arguments import (
    DEFAULT_INTERVAL,
    UsageError,
    collect_parser,
    demo_parser,
    explorer_parser,
    read_pids,
    show_parser,
    snapshot_parser,
)
from sockscope.exit_codes import DENIED, INTERRUPTED, MISSING, OK, USAGE

if TYPE_CHECKING:
    from sockscope.feed import Feed


class CommandError(Exception):
    """One clear line for the user, and the exit code."""

    def __init__(self, message: str, code: int) -> None:
        """Say `message` and leave with `code`."""
        super().__init__(message)
        self.code = code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _require_linux()
        _require_own_procfs()
        command = _COMMANDS.get(words[0]) if words else None
        if command is not None:
            return command(words[1:])
        return _explore(words)
    except (CommandError, UsageError) as error:
        return _complain(str(error), error.code if isinstance(error, CommandError) else USAGE)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; nothing is left to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except (MemoryError, OSError) as error:
        return _complain(_refusal(error), DENIED)


def _refusal(error: MemoryError | OSError) -> str:
    """Say what the machine does not give."""
    if isinstance(error, MemoryError) or error.errno == errno.ENOMEM:
        return "out of memory (ulimit -v, or the control group's limit)"
    return f"the kernel refuses: {error.strerror or error}"


def _explore(words: list[str]) -> int:
    options = explorer_parser().parse_args(words)
    pids = _read_pids(options.pid)
    _check_filter(options.filter)
    _check_target(options.target)
    _require_terminal()
    _require(pids)
    chosen: dict[str, Any] = {"pids": tuple(pids), "filter": options.filter, "target": options.target}
    if options.group_by is not None:
        chosen["group_by"] = options.group_by
    return _open(options, chosen, no_diag=options.no_diag, nice=options.nice)


def _demo(words: list[str]) -> int:
    options = demo_parser().parse_args(words)
    from sockscope.demo.company import Company, CompanyError
    from sockscope.demo.guide import tour
    from sockscope.privileges.invoker import InvokerError

    if not options.processes_only:
        _require_terminal()
    try:
        with Company() as company:
            if options.processes_only:
                _print(company.playbill)
                sys.stdin.buffer.read()
                return OK
            steps = () if options.no_tour else tour(company.truth)
            return _open(options, {"pids": company.pids, "tour": steps}, no_diag=False)
    except CompanyError as error:
        raise CommandError(str(error), DENIED) from error
    except InvokerError as error:
        raise CommandError(str(error), USAGE) from error


def _open(options: argparse.Namespace, chosen: dict[str, Any], *, no_diag: bool, nice: bool = False) -> int:
    """Open the explorer with what was chosen, over what the configuration says, and return its exit code."""
    feed = _divided_feed(options.interval or DEFAULT_INTERVAL, no_diag=no_diag, nice=nice)
    # Loaded by a process that has no rights left, and is the user behind sudo: the configuration is that user's.
    import msgspec

    from sockscope.config.file import config_path, load
    from sockscope.tui.app import run
    from sockscope.tui.options import Options

    settings, notes = load(config_path())
    for note in notes:
        _complain(note, OK)
    configured: dict[str, Any] = msgspec.structs.asdict(settings)
    if options.interval is not None:
        configured["interval"] = options.interval
    configured["mouse"] = settings.mouse and not options.no_mouse
    configured["ascii"] = settings.ascii or options.ascii
    return run(feed, Options(**configured | {"notes": notes} | chosen))


def _require_terminal() -> None:
    """Check that there is a terminal to draw on and to read keys from.

    Raises:
        CommandError: there is none.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        msg = "the explorer needs a terminal; for pipes and scripts use: sockscope snapshot"
        raise CommandError(msg, USAGE)


def _read_pids(words: list[str] | None) -> list[int]:
    """Read `--pid`.

    Raises:
        CommandError: no process has a name that was given.
        UsageError: the words make no sense.
    """
    try:
        return read_pids(words, _named)
    except LookupError as error:
        raise CommandError(str(error.args[0]), MISSING) from error


def _named(name: str) -> list[int]:
    from sockscope.kernel.procfs import Procfs
    from sockscope.pidof import pids_named

    return pids_named(Procfs(), name)


def _check_filter(text: str) -> None:
    """Check that a filter makes sense, before there is anything to filter.

    Raises:
        CommandError: it does not; says where.
    """
    if not text:
        return
    from sockscope.world.filter.errors import FilterError
    from sockscope.world.filter.parsing import parse

    try:
        parse(text)
    except FilterError as error:
        msg = f"--filter: {error}"
        raise CommandError(msg, USAGE) from error


def _check_target(text: str) -> None:
    """Check that what to go to is written as a target is.

    Raises:
        CommandError: it is not.
    """
    if not text:
        return
    if text in _COMMANDS:
        msg = f"{text} is a command and comes first: sockscope {text} … (a process of that name: --pid {text})"
        raise CommandError(msg, USAGE)
    from sockscope.report.targets import TargetSyntaxError, finder

    try:
        finder(text)
    except TargetSyntaxError as error:
        raise CommandError(str(error), USAGE) from error


def _divided_feed(interval: float, *, no_diag: bool, nice: bool) -> "Feed":
    """Leave root's rights to what starts collectors, keep none, and return the feed that comes from there.

    Raises:
        CommandError: they could not be given up.
    """
    from sockscope.privileges.invoker import InvokerError, RightsError
    from sockscope.privileges.roles import divide

    command = [sys.executable, "-P", "-m", "sockscope", "collect", "--interval", str(interval)]
    if no_diag:
        command.append("--no-diag")
    if nice:
        command.append("--nice")
    try:
        spawner = divide(command)
    except InvokerError as error:
        raise CommandError(str(error), USAGE) from error
    except RightsError as error:
        raise CommandError(str(error), DENIED) from error
    from sockscope.privileges.spawner import SpawnerGoneError
    from sockscope.spawned_feed import SpawnedFeed

    try:
        return SpawnedFeed(spawner)
    except SpawnerGoneError as error:
        raise CommandError(str(error), DENIED) from error


def _snapshot(words: list[str]) -> int:
    options = snapshot_parser().parse_args(words)
    pids = _read_pids(options.pid)
    _check_filter(options.filter)
    _require(pids)
    _keep_what_looking_takes()
    from sockscope import oneshot

    _print(
        oneshot.snapshot(
            options.format,
            pids,
            kernel_threads=options.kernel_threads,
            width=_width(),
            no_diag=options.no_diag,
            filter_text=options.filter,
        )
    )
    return OK


def _show(words: list[str]) -> int:
    options = show_parser().parse_args(words)
    _keep_what_looking_takes()
    from sockscope import oneshot
    from sockscope.report.targets import TargetMissingError, TargetSyntaxError

    try:
        _print(
            oneshot.show(
                options.target,
                options.format,
                width=_width(),
                options=options.options,
                no_diag=options.no_diag,
            )
        )
    except TargetSyntaxError as error:
        raise CommandError(str(error), USAGE) from error
    except TargetMissingError as error:
        raise CommandError(str(error), MISSING) from error
    except PermissionError as error:
        raise CommandError(str(error), DENIED) from error
    return OK


def _collect(words: list[str]) -> int:
    options = collect_parser().parse_args(words)
    if sys.stdout.isatty():
        msg = "the frame stream is binary; send it to a file or a pipe"
        raise CommandError(msg, USAGE)
    from sockscope.collect.pace import step_aside

    if options.nice:
        step_aside()
    _keep_what_looking_takes()
    from sockscope.collect.collector import Collector
    from sockscope.collect.serve import Server
    from sockscope.frames.codec import StreamError

    try:
        Server(Collector(no_diag=options.no_diag), sys.stdin.fileno(), sys.stdout.fileno(), options.interval).run()
    except StreamError as error:
        raise CommandError(str(error), USAGE) from error
    return OK


def _keep_what_looking_takes() -> None:
    """Give up every right but those that a collector uses, and make sure of the descriptors that it needs.

    Raises:
        CommandError: the kernel refuses.
    """
    from sockscope.privileges.limits import LimitError, ensure_descriptors
    from sockscope.privileges.roles import confine_collector

    try:
        ensure_descriptors()
        confine_collector()
    except LimitError as error:
        raise CommandError(str(error), DENIED) from error
    except OSError as error:
        msg = f"cannot give up rights: {error.strerror}"
        raise CommandError(msg, DENIED) from error


def _require(pids: list[int]) -> None:
    """Check that the processes exist.

    Raises:
        CommandError: one does not.
    """
    missing = [str(pid) for pid in pids if not os.path.isdir(f"/proc/{pid}")]
    if missing:
        msg = f"no such {'process' if len(missing) == 1 else 'processes'}: {', '.join(missing)}"
        raise CommandError(msg, MISSING)


def _require_linux() -> None:
    if not sys.platform.startswith("linux"):
        msg = "sockscope looks at Linux through /proc and netlink; this is another system"
        raise CommandError(msg, DENIED)


def _require_own_procfs() -> None:
    """Check that /proc shows the pid namespace that we live in: elsewhere our numbers mean other processes.

    Raises:
        CommandError: it shows another one, or is not there.
    """
    try:
        own = os.readlink("/proc/self")
    except OSError as error:
        msg = f"/proc cannot be read ({error.strerror}); sockscope looks at a machine through it"
        raise CommandError(msg, DENIED) from error
    if own != str(os.getpid()):
        msg = "/proc belongs to another pid namespace than this shell; mount this one's: mount -t proc proc /proc"
        raise CommandError(msg, DENIED)


def _width() -> int | None:
    """Return the columns that lines are cut to, None where the output is no terminal."""
    return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None


def _print(text: str | bytes) -> None:
    if isinstance(text, bytes):
        sys.stdout.buffer.write(text)
    else:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"sockscope: {message}\n")
    return code


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "snapshot": _snapshot,
    "show": _show,
    "collect": _collect,
    "demo": _demo,
}
