"""The options of each command, with their help."""

import argparse
from collections.abc import Sequence
from typing import NoReturn

from sockscope import __version__
from sockscope.abi.text import clean_str, cut
from sockscope.cli.values import (
    DEFAULT_INTERVAL,
    LONGEST,
    MAX_INTERVAL,
    MIN_INTERVAL,
    UsageError,
    count_of_looks,
    known_uid,
    seconds_between,
)
from sockscope.world.grouping.names import DEFAULT, NAMES

_EXPLORER = """\
Who holds this socket, and who is at the other end?

examples:
  sudo sockscope                         everything on this machine, live
  sockscope --pid $(pidof nginx)         one program's processes; --pid nginx does the same
  sockscope :443                         who holds that port
  sockscope --filter 'kind:epoll -user:root'
  sockscope demo                         example processes, and a tour of them
  sockscope show 2391592:5               one descriptor: holders, other end, watchers
  sockscope show tcp:443                 who holds that port
  sockscope snapshot --format json       everything, for a script
  ssh web1 sockscope collect             the frame stream itself, of another machine

commands:
  (none)                                 the explorer
  snapshot                               one picture as a tree, JSON or NDJSON
  show TARGET                            one descriptor, process or socket in depth
  findings                               what is wrong here, with the proof
  why TARGET                             what it waits for, and who could end that
  record                                 keep looks in a file, to be asked later
  replay FILE                            the explorer on such a file
  cut FILE                               a part of it, as a file of its own
  diff BEFORE AFTER                      what is another between two looks
  demo                                   start example processes and explore them
  collect                                the frame stream, as the explorer reads it
  Each has a --help of its own.
"""
_SIGNS = """\
signs in the tree:
  ● on the same kernel object   ◆ at the other end   ◉ an epoll that watches it
  + new since the last refresh  − gone since

exit codes:
  0 done   1 no such process, descriptor or socket   2 bad usage   3 denied by the kernel or permissions
  4 something was found (sockscope findings) or is another (sockscope diff)
"""
_TARGETS = """\
targets:
  2391592:5          descriptor 5 of process 2391592
  2391592            a process
  nginx              a process by name, the oldest first
  ino:312264         the socket, pipe or file with this inode
  :443               a port; tcp:443, tcp6:443, 53/udp for one protocol
  127.0.0.1:8888     by address and port, as connect would reach it; localhost:80
  /run/x.sock        a file: the socket bound to it, or who uses it; ./x, pts/3
  /mnt               a directory or mount point: everybody who keeps it busy
  unix:/run/x.sock   the socket only
  @name              an abstract unix socket
  docs/targets.md says how each is found.
"""
_FILTERS = """\
filters:
  nginx              shown anywhere in the row, or in that of its process
  kind:pipe|epoll    one of several; a space means and, | or, - not, ( ) group
  fds:>100           a comparison; port:8000-8100 a range; remote:10.0.0.0/8 a block
  path:/run/*.sock   a pattern; ~'nginx.*worker' a regular expression
  docs/filter.md has all keys.
"""


MOMENTS = frozenset({"--at", "--from", "--to"})
"""Options whose value may begin with a minus sign: `--at -10m`."""


class Parser(argparse.ArgumentParser):
    """Raise bad usage as one line instead of printing a usage block and leaving."""

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse as `parse_args`, which takes what begins with a minus sign for an option, moments too."""
        joined: list[str] = []
        for word in words:
            if joined and joined[-1] in MOMENTS and word[1:2].isdecimal() and "--" not in joined:
                joined[-1] += f"={word}"
            else:
                joined.append(word)
        return self.parse_args(joined)

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`."""
        msg = f"{cut(clean_str(message), LONGEST)} (see {self.prog} --help)"
        raise UsageError(msg)


def explorer_parser(*, target: bool = True) -> Parser:
    """Options of `sockscope` without a command; a child parser can not stand beside its `target`."""
    parser = make_parser("sockscope", _EXPLORER, f"{_TARGETS}\n{_FILTERS}\n{_SIGNS}")
    parser.usage = "sockscope [COMMAND] [TARGET] [options]"
    if target:
        parser.add_argument(
            "target", nargs="?", default="", metavar="TARGET", help="go to this first, as show takes it"
        )
    parser.add_argument("--version", action="version", version=f"sockscope {__version__}")
    add_pid(parser)
    add_filter(parser)
    parser.add_argument("--group-by", choices=NAMES, help=f"what the top level gathers by (default: {DEFAULT})")
    add_interval(parser, default=None)
    add_no_diag(parser)
    add_nice(parser)
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.add_argument("--ascii", action="store_true", help="draw with the characters of ASCII only")
    return parser


def snapshot_parser() -> Parser:
    """Options of `sockscope snapshot`."""
    parser = make_parser(
        "sockscope snapshot",
        "Print one picture of the machine and end.\n\nexamples:\n  sockscope snapshot --pid $(pidof nginx)\n"
        "  sockscope snapshot --format ndjson | jq 'select(.kind == \"epoll\")'",
        f"{_FILTERS}\nThe JSON is stable and described in docs/json.md.",
    )
    add_pid(parser)
    add_filter(parser)
    parser.add_argument("--format", choices=("tree", "json", "ndjson"), default="tree", help="default: tree")
    parser.add_argument(
        "--summary",
        action="store_true",
        help="sums instead of descriptors: by kind, state, remote address, group and user, against the limits",
    )
    add_no_diag(parser)
    parser.add_argument("--kernel-threads", action="store_true", help="list kernel threads too")
    _add_maps(parser)
    add_recording(parser)
    return parser


def show_parser() -> Parser:
    """Options of `sockscope show`."""
    parser = make_parser(
        "sockscope show",
        "Say all there is to know of one descriptor, process or socket, with the evidence.",
        _TARGETS,
    )
    parser.add_argument("target", metavar="TARGET", help="PID:FD, PID, NAME, :PORT, tcp:PORT, PATH …")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument(
        "--options",
        action="store_true",
        help="read the options of a socket too: its descriptor is duplicated for an instant (pidfd_getfd)",
    )
    parser.add_argument(
        "--look-inside",
        action="store_true",
        help="read what threads in poll(2) or select(2) wait on: it lies in the memory of their processes"
        " (process_vm_readv)",
    )
    _add_maps(parser)
    add_no_diag(parser)
    add_recording(parser)
    return parser


def findings_parser() -> Parser:
    """Options of `sockscope findings`."""
    parser = make_parser(
        "sockscope findings",
        "Say what is wrong on this machine, with the proof, after as many looks as that takes.\n\nexamples:\n"
        "  sockscope findings --rule stuck,backlog\n"
        "  sockscope findings --min note --format json",
        "exit codes:\n  0 nothing at or above --min   4 something   1, 2, 3 as everywhere\n"
        "docs/findings.md says what each rule means.",
    )
    add_pid(parser)
    parser.add_argument("--rule", default="", metavar="RULE,…", help="ask only these rules (default: all)")
    parser.add_argument(
        "--min", choices=("sick", "suspect", "note"), default="suspect", help="report from here on (default: suspect)"
    )
    parser.add_argument(
        "--looks", type=count_of_looks, metavar="N", help="how often to look (default: as the rules need)"
    )
    add_interval(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_no_diag(parser)
    add_recording(parser)
    return parser


def why_parser() -> Parser:
    """Options of `sockscope why`."""
    parser = make_parser(
        "sockscope why",
        "Say why something does not go on: what it waits for, who could end that, and what that one waits for,\n"
        "to the end or round in a circle.",
        _TARGETS,
    )
    parser.add_argument("target", metavar="TARGET", help="PID:FD, PID, NAME, :PORT, tcp:PORT, PATH …")
    add_no_diag(parser)
    add_recording(parser)
    return parser


def collect_parser() -> Parser:
    """Options of `sockscope collect`."""
    parser = make_parser(
        "sockscope collect",
        "Write the frame stream to standard output and read requests from standard input: what the\n"
        "explorer runs, and what a remote one reads over ssh. It ends when its input ends.",
        "",
    )
    add_interval(parser)
    add_no_diag(parser)
    add_nice(parser)
    # For the explorer, whose collector has become another user by then.
    parser.add_argument("--asked-by", type=known_uid, help=argparse.SUPPRESS)
    return parser


def demo_parser() -> Parser:
    """Options of `sockscope demo`."""
    parser = make_parser(
        "sockscope demo",
        "Start example processes, open the explorer on them, and end them with it. Needs no root and no network\n"
        "but loopback. A line at the bottom says what to look at next.",
        "",
    )
    add_interval(parser, default=None)
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.add_argument("--ascii", action="store_true", help="draw with the characters of ASCII only")
    parser.add_argument("--no-tour", action="store_true", help="only the processes, no line that leads through them")
    # For tests: what the explorer would be opened on, as one line of JSON, until standard input ends.
    parser.add_argument("--processes-only", action="store_true", help=argparse.SUPPRESS)
    return parser


def make_parser(prog: str, description: str, epilog: str) -> Parser:
    """Make the parser of a command."""
    return Parser(
        prog=prog,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_pid(parser: argparse.ArgumentParser, about: str = "") -> None:
    """Take `--pid`, `about` which its help says what it does."""
    parser.add_argument(
        "--pid",
        nargs="*",
        action="extend",
        metavar="PID",
        help=about
        or "list only these processes, by number or name (spaces or commas between them); holders and peers"
        " elsewhere are still found",
    )


def add_no_diag(parser: argparse.ArgumentParser) -> None:
    """Take `--no-diag`."""
    parser.add_argument(
        "--no-diag",
        action="store_true",
        help="never use sock_diag, which can load kernel modules; /proc/net says less (no other ends of unix sockets)",
    )


def add_recording(parser: argparse.ArgumentParser) -> None:
    """Take `--recording` and `--at`."""
    parser.add_argument(
        "--recording", default="", metavar="FILE", help="ask a recording instead of this machine (sockscope record)"
    )
    add_at(parser)


def add_at(parser: argparse.ArgumentParser) -> None:
    """Take `--at`."""
    parser.add_argument(
        "--at",
        default="",
        metavar="MOMENT",
        help="when: 14:02, 2026-11-27T14:02, -10m before its end, +90s after its beginning (default: its end)",
    )


def _add_maps(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--maps",
        action="store_true",
        help="list what processes use without a descriptor, too: working directory, root, program, mapped files",
    )


def add_nice(parser: argparse.ArgumentParser) -> None:
    """Take `--nice`."""
    parser.add_argument("--nice", action="store_true", help="let everything else go first: nice 10, disk when idle")


def add_filter(parser: argparse.ArgumentParser) -> None:
    """Take `--filter`."""
    parser.add_argument(
        "--filter", default="", metavar="EXPR", help="list only what matches, such as 'port:443 state:listen'"
    )


def add_interval(
    parser: argparse.ArgumentParser, default: float | None = DEFAULT_INTERVAL, about: float = DEFAULT_INTERVAL
) -> None:
    """Take `--interval`; `about` is what its help calls the default."""
    parser.add_argument(
        "--interval",
        type=seconds_between,
        default=default,
        metavar="SECONDS",
        help=f"seconds between refreshes, {MIN_INTERVAL:g} to {MAX_INTERVAL:g} (default: {about:g})",
    )
