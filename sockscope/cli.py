"""Arguments in, exit codes out."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from sockscope import __version__

OK, MISSING, USAGE, DENIED = 0, 1, 2, 3
"""Exit codes of the contract: done; what was asked for does not exist; bad usage; kernel or permissions deny it."""

_EXAMPLES = """\
examples:
  sudo sockscope                         everything on this machine
  sockscope --pid $(pidof nginx)         one program's processes
  sockscope show 2391592:5               one descriptor: holders, other end, watchers
  sockscope show tcp:443                 who holds that port
  sockscope snapshot --format json       everything, for a script
  ssh web1 sockscope collect > web1.rec  the frame stream itself

signs in the tree:
  ● on the same kernel object   ◆ at the other end   ◉ an epoll that watches it

exit codes: 0 done · 1 no such process, descriptor or socket · 2 bad usage · 3 denied by kernel or permissions
"""


class CommandError(Exception):
    """One clear line for the user, and the exit code."""

    def __init__(self, message: str, code: int) -> None:
        """Say `message` and leave with `code`."""
        super().__init__(message)
        self.code = code


class _Parser(argparse.ArgumentParser):
    """Report bad usage in one line instead of a usage block."""

    def error(self, message: str) -> NoReturn:
        """Leave with the message."""
        msg = f"{message} (see {self.prog} --help)"
        raise CommandError(msg, USAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _require_linux()
        command = _COMMANDS.get(words[0]) if words else None
        if command is not None:
            return command(words[1:])
        return _explore(words)
    except CommandError as error:
        _complain(str(error))
        return error.code
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; nothing is left to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return 130


def _explore(words: list[str]) -> int:
    parser = _Parser(
        prog="sockscope",
        description="Who holds this socket, and who is at the other end? A live explorer of process groups,"
        " processes and descriptors.",
        usage="sockscope [--pid PID …] [--interval SECONDS] [--no-mouse]\n"
        "       sockscope snapshot [--pid PID …] [--format tree|json|ndjson]\n"
        "       sockscope show PID:FD | PID | ino:N | tcp:PORT | unix:PATH  [--format text|json]\n"
        "       sockscope collect [--interval SECONDS]",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"sockscope {__version__}")
    _add_pid(parser)
    _add_interval(parser)
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    options = parser.parse_args(words)
    pids = _pids(options.pid)
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        msg = "the explorer needs a terminal; for pipes and scripts use: sockscope snapshot"
        raise CommandError(msg, USAGE)
    _require(pids)
    # Imported here: the other commands must not pay for the terminal interface.
    from sockscope.feed import ChildFeed
    from sockscope.tui.app import run
    from sockscope.tui.options import Options

    chosen = Options(
        pids=tuple(pids),
        interval=options.interval,
        mouse=not options.no_mouse,
    )
    return run(ChildFeed(options.interval), chosen)


def _snapshot(words: list[str]) -> int:
    parser = _Parser(
        prog="sockscope snapshot",
        description="Print one picture of the machine and end.",
        epilog="The JSON is described in docs/json.md and stable.",
        allow_abbrev=False,
    )
    _add_pid(parser)
    parser.add_argument("--format", choices=("tree", "json", "ndjson"), default="tree", help="default: tree")
    parser.add_argument("--kernel-threads", action="store_true", help="list kernel threads too")
    options = parser.parse_args(words)
    pids = _pids(options.pid)
    _require(pids)
    from sockscope import oneshot

    text = oneshot.snapshot(options.format, pids, kernel_threads=options.kernel_threads, width=_width())
    _print(text)
    return OK


def _show(words: list[str]) -> int:
    parser = _Parser(
        prog="sockscope show",
        description="Say all there is to know of one descriptor, process or socket, with the evidence.",
        epilog="targets: 2391592:5 · 2391592 · ino:312264 · tcp:443 · udp:53 · 127.0.0.1:8888 · unix:/run/x.sock · "
        "unix:@name",
        allow_abbrev=False,
    )
    parser.add_argument("target", help="PID:FD, PID, ino:N, tcp:PORT, unix:PATH")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    options = parser.parse_args(words)
    from sockscope import oneshot
    from sockscope.report.targets import TargetMissingError, TargetSyntaxError

    try:
        text = oneshot.show(options.target, options.format, width=_width())
    except TargetSyntaxError as error:
        raise CommandError(str(error), USAGE) from error
    except TargetMissingError as error:
        raise CommandError(str(error), MISSING) from error
    except PermissionError as error:
        raise CommandError(str(error), DENIED) from error
    _print(text)
    return OK


def _collect(words: list[str]) -> int:
    parser = _Parser(
        prog="sockscope collect",
        description="Write the frame stream to standard output and read requests from standard input:"
        " what the explorer runs, and what a remote one reads over ssh. It ends when its input ends.",
        allow_abbrev=False,
    )
    _add_interval(parser)
    options = parser.parse_args(words)
    if sys.stdout.isatty():
        msg = "the frame stream is binary; send it to a file or a pipe"
        raise CommandError(msg, USAGE)
    from sockscope.collect.collector import Collector
    from sockscope.collect.serve import Server
    from sockscope.frames.codec import StreamError

    try:
        Server(Collector(), sys.stdin.fileno(), sys.stdout.fileno(), options.interval).run()
    except StreamError as error:
        raise CommandError(str(error), USAGE) from error
    return OK


def _add_pid(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pid",
        nargs="*",
        action="extend",
        metavar="PID",
        help="list only these processes (spaces or commas between them); holders and peers elsewhere are still found",
    )


def _add_interval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--interval", type=_interval, default=1.0, metavar="SECONDS", help="seconds between refreshes, 0.1 to 3600 (1)"
    )


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        msg = f"{text!r} is not a number of seconds"
        raise argparse.ArgumentTypeError(msg) from None
    if not 0.1 <= seconds <= 3600:  # noqa: PLR2004  # the bounds that the message names; NaN fails too
        msg = f"{text} is not between 0.1 and 3600 seconds"
        raise argparse.ArgumentTypeError(msg)
    return seconds


def _pids(words: list[str] | None) -> list[int]:
    """Read the values of `--pid`.

    Raises:
        CommandError: none was given, or one is not a pid.
    """
    if words is None:
        return []
    numbers = [part for word in words for part in word.replace(",", " ").split()]
    if not numbers:
        msg = "--pid needs at least one process number; did pidof find nothing?"
        raise CommandError(msg, USAGE)
    for number in numbers:
        if not (number.isascii() and number.isdecimal() and 0 < int(number) < 1 << 31):
            msg = f"--pid takes process numbers, not {number!a}"
            raise CommandError(msg, USAGE)
    return list(dict.fromkeys(map(int, numbers)))


def _require(pids: list[int]) -> None:
    """Check that the processes exist.

    Raises:
        CommandError: one does not.
    """
    missing = [str(pid) for pid in pids if not os.path.isdir(f"/proc/{pid}")]
    if missing:
        what = "process" if len(missing) == 1 else "processes"
        msg = f"no such {what}: {', '.join(missing)}"
        raise CommandError(msg, MISSING)


def _width() -> int | None:
    """Return the columns that lines are cut to, None where the output is no terminal."""
    return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None


def _require_linux() -> None:
    if not sys.platform.startswith("linux"):
        msg = "sockscope looks at Linux through /proc and netlink; this is another system"
        raise CommandError(msg, DENIED)


def _print(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def _complain(message: str) -> None:
    sys.stderr.write(f"sockscope: {message}\n")


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "snapshot": _snapshot,
    "show": _show,
    "collect": _collect,
}
