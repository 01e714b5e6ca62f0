#!/usr/bin/env python3
"""Write the manual page and the shell completions from the parsers that read the command line.

    .venv/bin/python scripts/documents.py

A test compares what is in the repository with what this makes.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import shtab

from sockscope import __version__
from sockscope.arguments import COMMAND_PARSERS, explorer_parser, program_parser

ROOT = Path(__file__).parents[1]
COMPLETIONS = {
    "bash": "completions/sockscope.bash",
    "zsh": "completions/_sockscope",
    "fish": "completions/sockscope.fish",
}
MANUAL = "man/sockscope.1"
SUMMARY = "who holds this socket, and who is at the other end?"
_HEADING = re.compile(r"[a-z][a-z ]*:")
FILES = """\
.SH FILES
.TP
.I $XDG_CONFIG_HOME/sockscope/config.toml
Theme, interval, grouping, columns and keys; by default below
.IR ~/.config .
Under sudo it is that of the user who called it.
"""


def documents() -> dict[str, str]:
    """Make every document, by its path in the repository."""
    made = {path: _completion(shell) for shell, path in COMPLETIONS.items()}
    return {MANUAL: "".join(f"{line}\n" for line in _manual()), **made}


def _completion(shell: str) -> str:
    text = shtab.complete(program_parser(), shell=shell)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _manual() -> Iterator[str]:
    yield f'.TH SOCKSCOPE 1 "" "sockscope {__version__}" "User Commands"'
    yield from (".SH NAME", f"sockscope \\- {_escaped(SUMMARY)}", ".SH SYNOPSIS", ".nf")
    yield f".B {_escaped(explorer_parser().usage or '')}"
    for name, parser in COMMAND_PARSERS.items():
        yield " ".join((f".B sockscope {name}", *_arguments(parser()), "[options]"))
    yield from (".fi", ".SH DESCRIPTION")
    yield from _text(explorer_parser().description or "")
    yield ".SH OPTIONS"
    yield from _options(explorer_parser())
    yield from _text(explorer_parser().epilog or "")
    for name, parser in COMMAND_PARSERS.items():
        made = parser()
        yield f".SH SOCKSCOPE {name.upper()}"
        yield from _text(made.description or "")
        yield from _options(made)
    yield FILES.rstrip()


def _text(text: str) -> Iterator[str]:
    """Turn help text into lines of a manual: headings, indented tables as they stand, and paragraphs."""
    table = False
    for line in text.splitlines():
        if _HEADING.fullmatch(line):
            yield from (".fi",) if table else ()
            table = False
            yield f".SS {line.removesuffix(':').capitalize()}"
            continue
        if line.startswith("  ") is not table:
            table = not table
            yield ".nf" if table else ".fi"
        yield _escaped(line) if line else ".PP"
    if table:
        yield ".fi"


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Name what a command takes besides options."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other list of them
        if not action.option_strings:
            yield _escaped(str(action.metavar or action.dest))


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Turn the options of a parser into tagged paragraphs, worded as its help words them."""
    formatter = argparse.HelpFormatter(prog="", width=1000)
    for action in parser._actions:  # noqa: SLF001 - argparse has no other list of them
        if action.help in {None, argparse.SUPPRESS}:
            continue
        yield ".TP"
        yield f".B {_escaped(formatter._format_action_invocation(action))}"  # noqa: SLF001 - as the help writes it
        yield _escaped(formatter._expand_help(action))  # noqa: SLF001


def _escaped(text: str) -> str:
    """Write a line so that roff prints it as it is."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain[:1] in {".", "'"} else plain


def main() -> None:
    """Write all of them."""
    for path, text in documents().items():
        target = ROOT / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
