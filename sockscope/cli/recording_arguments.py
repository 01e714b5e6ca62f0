"""The options of the commands that write and read recordings."""

import argparse

from sockscope.abi.text import cut
from sockscope.cli.arguments import (
    Parser,
    add_at,
    add_filter,
    add_interval,
    add_nice,
    add_no_diag,
    add_pid,
    make_parser,
)
from sockscope.cli.values import LONGEST
from sockscope.world.grouping.names import DEFAULT, NAMES

INTERVAL = 5.0
"""Seconds between two looks of a recording."""
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_MAX_DIGITS = 9


def record_parser() -> Parser:
    """Options of `sockscope record`."""
    parser = make_parser(
        "sockscope record",
        "Look again and again, and keep every look in a file, until Ctrl+C.\n\nexamples:\n"
        "  sudo sockscope record -o web1.scope\n"
        "  sockscope record --interval 1 --keep 2h --pid nginx",
        "What a recording is, and what it costs: docs/recording.md. A file that is a recording is gone on with.",
    )
    parser.add_argument(
        "-o", "--output", default="", metavar="FILE", help="where to (default: HOST-DATE-TIME.scope, here)"
    )
    add_pid(parser, "record the descriptors of these processes only, by number or name (spaces or commas between them)")
    add_interval(parser, INTERVAL, INTERVAL)
    parser.add_argument(
        "--keep",
        type=_duration,
        default=7 * _SECONDS["d"],
        metavar="TIME",
        help="give back what is older: 90m, 12h, 7d; 0 for nothing (default: 7d)",
    )
    parser.add_argument(
        "--max",
        type=_size,
        default=2 * _BYTES["G"],
        metavar="SIZE",
        help="give back the oldest looks while the file takes more: 500M, 2G; 0 for any size (default: 2G)",
    )
    add_no_diag(parser)
    add_nice(parser)
    return parser


def replay_parser() -> Parser:
    """Options of `sockscope replay`."""
    parser = make_parser(
        "sockscope replay",
        "Open the explorer on a recording: everything it can do, at any look of it.\n\nexamples:\n"
        "  sockscope replay web1.scope --at 14:02\n"
        "  sockscope web1.scope",
        "In it: T plots what was counted over time, { and } go a look back and on, Shift with the arrows a minute,\n"
        "( and ) to the changes of the selected row, P plays. What ends in .scope opens without the word replay.",
    )
    parser.add_argument("file", metavar="FILE", help="the recording (sockscope record)")
    add_at(parser)
    add_filter(parser)
    parser.add_argument("--group-by", choices=NAMES, help=f"what the top level gathers by (default: {DEFAULT})")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.add_argument("--ascii", action="store_true", help="draw with the characters of ASCII only")
    return parser


def cut_parser() -> Parser:
    """Options of `sockscope cut`."""
    parser = make_parser(
        "sockscope cut",
        "Write a part of a recording as one of its own.\n\nexamples:\n"
        "  sockscope cut web1.scope --from 14:00 --to 14:10 -o incident.scope",
        "Moments are written as for --at of other commands.",
    )
    parser.add_argument("file", metavar="FILE", help="the recording (sockscope record)")
    parser.add_argument("--from", default="", metavar="MOMENT", help="its first look (default: the first there is)")
    parser.add_argument("--to", default="", metavar="MOMENT", help="its last look (default: the last there is)")
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="where to; a new file")
    return parser


def _duration(text: str) -> int:
    return _quantity(text, _SECONDS, "90m, 12h or 7d")


def _size(text: str) -> int:
    return _quantity(text.upper(), _BYTES, "500M or 2G")


def _quantity(text: str, units: dict[str, int], examples: str) -> int:
    digits, unit = text[:-1], text[-1:]
    if text == "0":
        return 0
    if not (unit in units and digits.isascii() and digits.isdecimal() and len(digits) <= _MAX_DIGITS and int(digits)):
        msg = f"{cut(ascii(text), LONGEST)} is not written as {examples}"
        raise argparse.ArgumentTypeError(msg)
    return int(digits) * units[unit]
