"""Arguments in, exit codes out."""

import contextlib
import errno
import os
import resource
import sys
from collections.abc import Callable, Iterator, Sequence

from sockscope.cli import recorded, streams
from sockscope.cli.arguments import (
    collect_parser,
    findings_parser,
    show_parser,
    snapshot_parser,
    why_parser,
)
from sockscope.cli.exit_codes import DENIED, INTERRUPTED, MISSING, OK, USAGE
from sockscope.cli.recorded import refuse_of_the_machine
from sockscope.cli.refusal import CommandError
from sockscope.cli.requirements import (
    absolute_target,
    check_filter,
    pids_of,
    require_linux,
    require_machine,
    require_processes,
    why_unseen,
)
from sockscope.cli.values import UsageError

RECORDINGS = ".scope"
"""What the name of a recording ends in, to be opened by nothing but its name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    streams.prepare()
    try:
        require_linux()
        command = _COMMANDS.get(words[0]) if words else None
        if command is not None:
            return command(words[1:])
        return _replay(words) if words and words[0].endswith(RECORDINGS) else _explore(words)
    except (CommandError, UsageError) as error:
        return streams.complain(str(error), error.code if isinstance(error, CommandError) else USAGE)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; nothing is left to say it to.
        os.dup2(os.memfd_create("unread"), streams.output().fileno())
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except (MemoryError, OSError, ImportError, SystemError) as error:
        return streams.complain(_refusal(error), DENIED)


def _refusal(error: MemoryError | OSError | ImportError | SystemError) -> str:
    """Say what the machine does not give; what is no fault of the machine is raised again."""
    out_of_memory = "out of memory (ulimit -v, or the control group's limit)"
    if isinstance(error, ImportError | SystemError):
        # So end rooms that are loaded with less memory than they take.
        if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
            raise error
        return out_of_memory
    if isinstance(error, MemoryError) or error.errno == errno.ENOMEM:
        return out_of_memory
    return f"the kernel refuses: {error.strerror or error}"


def _snapshot(words: list[str]) -> int:
    options = snapshot_parser().read(words)
    refuse_of_the_machine(options)
    streams.output()
    if options.summary and options.format == "ndjson":
        msg = "--summary is one value, and no records: use --format json (see sockscope snapshot --help)"
        raise UsageError(msg)
    if options.recording:
        check_filter(options.filter)
        return recorded.snapshot(options)
    require_machine()
    pids = pids_of(options.pid)
    check_filter(options.filter)
    require_processes(pids)
    from sockscope.cli.looker import become_looker

    looker = become_looker()
    from sockscope.cli.snapshot import snapshot

    streams.write(
        snapshot(
            options.format,
            pids,
            summary=options.summary,
            kernel_threads=options.kernel_threads,
            width=streams.width(),
            looker=looker,
            no_diag=options.no_diag,
            maps=options.maps,
            filter_text=options.filter,
        )
    )
    return OK


def _show(words: list[str]) -> int:
    options = show_parser().read(words)
    refuse_of_the_machine(options)
    streams.output()
    if options.recording:
        with _about(options.target, here=False):
            return recorded.show(options)
    require_machine()
    options.target = absolute_target(options.target)
    from sockscope.cli.looker import become_looker

    looker = become_looker()
    from sockscope.cli.show import show

    with _about(options.target):
        streams.write(
            show(
                options.target,
                options.format,
                width=streams.width(),
                looker=looker,
                options=options.options,
                inside=options.look_inside,
                no_diag=options.no_diag,
                maps=options.maps,
            )
        )
    return OK


@contextlib.contextmanager
def _about(target: str, *, here: bool = True) -> Iterator[None]:
    """Turn what is said of a target into the error of a command; `here` is whether it is one of this machine.

    Raises:
        CommandError: it makes no sense, is not there, or is hidden.
    """
    from sockscope.world.targets.answers import TargetMissingError, TargetSyntaxError

    try:
        yield
    except TargetSyntaxError as error:
        raise CommandError(str(error), USAGE) from error
    except TargetMissingError as error:
        unseen = why_unseen(target.partition(":")[0]) if here else ""
        raise CommandError(unseen or str(error), DENIED if unseen else MISSING) from error
    except PermissionError as error:
        raise CommandError(str(error), DENIED) from error


def _findings(words: list[str]) -> int:
    options = findings_parser().read(words)
    refuse_of_the_machine(options)
    streams.output()
    if options.recording:
        return recorded.findings(options, _read_rules(options.rule))
    require_machine()
    names = _read_rules(options.rule)
    pids = pids_of(options.pid)
    require_processes(pids)
    from sockscope.cli.looker import become_looker

    looker = become_looker()
    from sockscope.cli import diagnosing

    text, code = diagnosing.findings(
        options.format,
        pids,
        names,
        options.min,
        looks=options.looks,
        interval=options.interval,
        width=streams.width(),
        looker=looker,
        no_diag=options.no_diag,
    )
    streams.write(text.encode() if options.format == "json" else text)
    return code


def _read_rules(text: str) -> list[str]:
    """Read `--rule`.

    Raises:
        UsageError: there is no such rule.
    """
    from sockscope.findings.registry import BY_NAME

    names = text.replace(",", " ").split()
    unknown = [name for name in names if name not in BY_NAME]
    if unknown:
        from sockscope.world.targets.answers import echo

        msg = f"--rule: there is no rule {echo(unknown[0])}; there are {', '.join(BY_NAME)}"
        raise UsageError(msg)
    return names


def _why(words: list[str]) -> int:
    options = why_parser().read(words)
    refuse_of_the_machine(options)
    streams.output()
    if options.recording:
        with _about(options.target, here=False):
            return recorded.why(options)
    require_machine()
    options.target = absolute_target(options.target)
    from sockscope.cli.looker import become_looker

    looker = become_looker()
    from sockscope.cli import diagnosing

    with _about(options.target):
        streams.write(diagnosing.why(options.target, width=streams.width(), looker=looker, no_diag=options.no_diag))
    return OK


def _diff(words: list[str]) -> int:
    from sockscope.cli.diff_arguments import diff_parser

    options = diff_parser().read(words)
    streams.output()
    if "live" in {options.before, options.after}:
        require_machine()
    from sockscope.cli.diff import run

    return run(options)


def _collect(words: list[str]) -> int:
    options = collect_parser().parse_args(words)
    require_machine()
    requests, frames = streams.input(), streams.output()
    if frames.isatty():
        msg = "the frame stream is binary; send it to a file or a pipe"
        raise CommandError(msg, USAGE)
    from sockscope.collect.pace import step_aside

    if options.nice:
        step_aside()
    from sockscope.cli.looker import become_looker

    looker = become_looker(options.asked_by)
    from sockscope.collect.collector import Collector
    from sockscope.collect.serve import Server
    from sockscope.frames.codec import StreamError

    try:
        collector = Collector(no_diag=options.no_diag, staged=True, user_name=looker.user_name)
        Server(collector, requests.fileno(), frames.fileno(), options.interval, looker.uid).run()
    except StreamError as error:
        raise CommandError(str(error), USAGE) from error
    return OK


def _record(words: list[str]) -> int:
    from sockscope.cli.record import record

    return record(words)


def _replay(words: list[str]) -> int:
    from sockscope.cli.replay import replay

    return replay(words)


def _cut(words: list[str]) -> int:
    from sockscope.cli.cut import cut

    return cut(words)


def _explore(words: list[str]) -> int:
    from sockscope.cli.explore import explore

    return explore(words)


def _demo(words: list[str]) -> int:
    from sockscope.cli.explore import demo

    return demo(words)


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "snapshot": _snapshot,
    "show": _show,
    "collect": _collect,
    "findings": _findings,
    "why": _why,
    "record": _record,
    "replay": _replay,
    "cut": _cut,
    "diff": _diff,
    "demo": _demo,
}
