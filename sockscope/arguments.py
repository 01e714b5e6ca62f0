"""The options of each command, with their help, and the checks that need nothing but the words."""

import argparse
from typing import NoReturn

from sockscope import __version__

MIN_INTERVAL, MAX_INTERVAL = 0.1, 3600.0
"""Seconds."""
MAX_PID = 1 << 31

_EXPLORER = """\
Who holds this socket, and who is at the other end?

examples:
  sudo sockscope                         everything on this machine, live
  sockscope --pid $(pidof nginx)         one program's processes
  sockscope show 2391592:5               one descriptor: holders, other end, watchers
  sockscope show tcp:443                 who holds that port
  sockscope snapshot --format json       everything, for a script
  ssh web1 sockscope collect             the frame stream itself, of another machine

commands:
  (none)                                 the explorer
  snapshot                               one picture as a tree, JSON or NDJSON
  show TARGET                            one descriptor, process or socket in depth
  collect                                the frame stream, as the explorer reads it
  Each has a --help of its own.
"""
_SIGNS = """\
signs in the tree:
  ● on the same kernel object   ◆ at the other end   ◉ an epoll that watches it
  + new since the last refresh  − gone since

exit codes:
  0 done   1 no such process, descriptor or socket   2 bad usage   3 denied by the kernel or permissions
"""
_TARGETS = """\
targets:
  2391592:5          descriptor 5 of process 2391592
  2391592            a process
  ino:312264         the socket, pipe or file with this inode
  tcp:443, udp:53    by port; :443 for either
  127.0.0.1:8888     by address and port
  unix:/run/x.sock   by path; unix:@name for an abstract name
"""


class UsageError(Exception):
    """The words on the command line make no sense; one clear line says why."""


class Parser(argparse.ArgumentParser):
    """Raise bad usage as one line instead of printing a usage block and leaving."""

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`."""
        msg = f"{message} (see {self.prog} --help)"
        raise UsageError(msg)


def explorer_parser() -> Parser:
    """Options of `sockscope` without a command."""
    parser = _parser("sockscope", _EXPLORER, _SIGNS)
    parser.usage = "sockscope [COMMAND] [options]"
    parser.add_argument("--version", action="version", version=f"sockscope {__version__}")
    _add_pid(parser)
    _add_interval(parser)
    _add_no_diag(parser)
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    return parser


def snapshot_parser() -> Parser:
    """Options of `sockscope snapshot`."""
    parser = _parser(
        "sockscope snapshot",
        "Print one picture of the machine and end.\n\nexamples:\n  sockscope snapshot --pid $(pidof nginx)\n"
        "  sockscope snapshot --format ndjson | jq 'select(.kind == \"epoll\")'",
        "The JSON is stable and described in docs/json.md.",
    )
    _add_pid(parser)
    parser.add_argument("--format", choices=("tree", "json", "ndjson"), default="tree", help="default: tree")
    _add_no_diag(parser)
    parser.add_argument("--kernel-threads", action="store_true", help="list kernel threads too")
    return parser


def show_parser() -> Parser:
    """Options of `sockscope show`."""
    parser = _parser(
        "sockscope show",
        "Say all there is to know of one descriptor, process or socket, with the evidence.",
        _TARGETS,
    )
    parser.add_argument("target", metavar="TARGET", help="PID:FD, PID, ino:N, tcp:PORT, unix:PATH …")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument(
        "--options",
        action="store_true",
        help="read the options of a socket too: its descriptor is duplicated for an instant (pidfd_getfd)",
    )
    _add_no_diag(parser)
    return parser


def collect_parser() -> Parser:
    """Options of `sockscope collect`."""
    parser = _parser(
        "sockscope collect",
        "Write the frame stream to standard output and read requests from standard input: what the\n"
        "explorer runs, and what a remote one reads over ssh. It ends when its input ends.",
        "",
    )
    _add_interval(parser)
    _add_no_diag(parser)
    return parser


def read_pids(words: list[str] | None) -> list[int]:
    """Read the values of `--pid`, separated by spaces or commas; empty when the option was not given.

    Raises:
        UsageError: the option has no value, or one that is no process number.
    """
    if words is None:
        return []
    numbers = [part for word in words for part in word.replace(",", " ").split()]
    if not numbers:
        msg = "--pid needs at least one process number; did pidof find nothing?"
        raise UsageError(msg)
    for number in numbers:
        if not (number.isascii() and number.isdecimal() and 0 < int(number) < MAX_PID):
            msg = f"--pid takes process numbers, not {number!a}"
            raise UsageError(msg)
    return list(dict.fromkeys(map(int, numbers)))


def _parser(prog: str, description: str, epilog: str) -> Parser:
    return Parser(
        prog=prog,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_pid(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pid",
        nargs="*",
        action="extend",
        metavar="PID",
        help="list only these processes (spaces or commas between them); holders and peers elsewhere are still found",
    )


def _add_no_diag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-diag",
        action="store_true",
        help="never use sock_diag, which can load kernel modules; /proc/net says less (no other ends of unix sockets)",
    )


def _add_interval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--interval",
        type=_interval,
        default=1.0,
        metavar="SECONDS",
        help=f"seconds between refreshes, {MIN_INTERVAL:g} to {MAX_INTERVAL:g} (default: 1)",
    )


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        msg = f"{text!a} is not a number of seconds"
        raise argparse.ArgumentTypeError(msg) from None
    # Written so that NaN fails too.
    if not MIN_INTERVAL <= seconds <= MAX_INTERVAL:
        msg = f"{text!a} is not between {MIN_INTERVAL:g} and {MAX_INTERVAL:g} seconds"
        raise argparse.ArgumentTypeError(msg)
    return seconds
