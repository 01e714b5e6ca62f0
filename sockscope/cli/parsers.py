"""The parser of every command."""

import argparse
from collections.abc import Callable

from sockscope.cli.arguments import (
    Parser,
    collect_parser,
    demo_parser,
    explorer_parser,
    findings_parser,
    show_parser,
    snapshot_parser,
    why_parser,
)
from sockscope.cli.diff_arguments import diff_parser
from sockscope.cli.recording_arguments import cut_parser, record_parser, replay_parser


def program_parser() -> argparse.ArgumentParser:
    """Everything in one parser, commands as its children: what the manual and the shell completions are made of."""
    program = explorer_parser(target=False)
    commands = program.add_subparsers(metavar="COMMAND")
    for name, parser in COMMAND_PARSERS.items():
        made = parser()
        summary = (made.description or "").partition(".")[0].replace("\n", " ")
        commands.add_parser(name, parents=[made], add_help=False, description=made.description, help=summary)
    return program


COMMAND_PARSERS: dict[str, Callable[[], Parser]] = {
    "snapshot": snapshot_parser,
    "show": show_parser,
    "findings": findings_parser,
    "why": why_parser,
    "record": record_parser,
    "replay": replay_parser,
    "cut": cut_parser,
    "diff": diff_parser,
    "demo": demo_parser,
    "collect": collect_parser,
}
"""Parser of each command, in the order the help names them."""
