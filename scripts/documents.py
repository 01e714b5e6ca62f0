#!/usr/bin/env python3
"""Write what follows from the program: manual page and completions from its parsers, the table of kinds from theirs.

    .venv/bin/python scripts/documents.py

A test compares what is in the repository with what this makes.
"""

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import shtab

from sockscope import __version__
from sockscope.abi.socket_states import ABOUT
from sockscope.cli.arguments import explorer_parser
from sockscope.cli.parsers import COMMAND_PARSERS, program_parser
from sockscope.kinds.registry import KINDS
from sockscope.world.filter.keys import KEYS
from sockscope.world.targets.forms import KEYS as TARGET_KEYS

ROOT = Path(__file__).parents[1]
COMPLETIONS = {
    "bash": "completions/sockscope.bash",
    "zsh": "completions/_sockscope",
    "fish": "completions/sockscope.fish",
}
MANUAL = "man/sockscope.1"
RELATIONS = "docs/relations.md"
JSON = "docs/json.md"
FILTER = "docs/filter.md"
STATES_HEAD = "| state | the socket |\n|---|---|\n"
KINDS_HEAD = "| kind | one object is | what is decoded | kernel |\n|---|---|---|---|\n"
SUMMARY = "who holds this socket, and who is at the other end?"
FILTER_KEYS = " ".join(f"{key}:" for key in KEYS)
SCHEMES = " ".join(f"{key}:" for key in (*TARGET_KEYS, "localhost"))
PLAIN_NAMES = """\
    local comm name
    for comm in /proc/[0-9]*/comm; do
        { IFS= read -r name < "$comm"; } 2>/dev/null || continue
        # Anybody chooses the name of his process: what is more than a plain word is not offered.
        [[ $name =~ ^[A-Za-z0-9_.-]+$ ]] && printf '%s\\n' "$name"
    done | sort -u"""
"""Names of processes as lines, in bash and zsh."""
COMPLETED = {
    "EXPR": {
        "bash": "_sockscope_filter",
        "zsh": "_sockscope_filter",
        "fish": rf"(printf '%s\n' {FILTER_KEYS})",
        "preamble": {
            "bash": f"""\
# $1=what is typed
_sockscope_filter() {{
    compgen -W "{FILTER_KEYS}" -- "$1"
}}""",
            "zsh": f"""\
_sockscope_filter() {{
    compadd -S '' -- {FILTER_KEYS}
}}""",
        },
    },
    "LOOK": {
        "bash": "_sockscope_look",
        "zsh": "_sockscope_look",
        "fish": "(echo live; __fish_complete_path (commandline -ct))",
        "preamble": {
            "bash": """\
# $1=what is typed
_sockscope_look() {
    compgen -W live -- "$1"
    compgen -f -- "$1"
}""",
            "zsh": """\
_sockscope_look() {
    compadd -- live
    _files
}""",
        },
    },
    "TARGET": {
        "bash": "_sockscope_target",
        "zsh": "_sockscope_target",
        "fish": rf"(printf '%s\n' {SCHEMES}; __sockscope_names; __fish_complete_path (commandline -ct))",
        "preamble": {
            "bash": f"""\
_sockscope_names() {{
{PLAIN_NAMES}
}}

# $1=what is typed
_sockscope_target() {{
    local name
    compgen -W "{SCHEMES}" -- "$1"
    _sockscope_names | while IFS= read -r name; do
        [[ $name == "$1"* ]] && printf '%s\\n' "$name"
    done
    compgen -f -- "$1"
}}""",
            "zsh": f"""\
_sockscope_names() {{
{PLAIN_NAMES}
}}

_sockscope_target() {{
    compadd -S '' -- {SCHEMES}
    compadd -- ${{(f)"$(_sockscope_names)"}}
    _files
}}""",
            "fish": """\
function __sockscope_names
    # Anybody chooses the name of his process: what is more than a plain word is not offered. fish knows no [0-9].
    cat /proc/*/comm 2>/dev/null | string match -r '^[A-Za-z0-9_.-]+$' | sort -u
end""",
        },
    },
}
"""What shells offer for the value of an argument, by its name in the help."""
LOOKS = {"BEFORE": "LOOK", "AFTER": "LOOK"}
"""Arguments that are completed like another one."""
BASH_END = "\n  return 0\n}\n\ncomplete -o bashdefault -F "
NO_SPACE = """
  # a key is followed by its value (bash>=4)
  [[ ${#COMPREPLY[@]} = 1 && ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null || :
"""
_KINDS_LIST = re.compile(r"(?<=^\| `kind` \| text \| )`.*(?= \|$)", re.MULTILINE)
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
    return {
        MANUAL: "".join(f"{line}\n" for line in _manual()),
        RELATIONS: _relations(),
        JSON: _json(),
        FILTER: _filter(),
        **made,
    }


def _relations() -> str:
    """Put the kinds that there are into the table of the manual."""
    rows = (f"| `{kind.name}` | {kind.one_object} | {kind.tells} | {kind.since} |" for kind in KINDS)
    return _with_table(RELATIONS, KINDS_HEAD, rows)


def _with_table(path: str, head: str, rows: Iterable[str]) -> str:
    """Put rows under the head of a table, in place of those that stand there; all else stays as it is written."""
    before, found, after = (ROOT / path).read_text(encoding="utf-8").partition(head)
    _, blank, rest = after.partition("\n\n")
    table = "".join(f"{row}\n" for row in rows)
    return f"{before}{found}{table}{blank[1:]}{rest}"


def _filter() -> str:
    """Say of every state of a socket what it means."""
    return _with_table(FILTER, STATES_HEAD, (f"| `{state}` | {about} |" for state, about in ABOUT.items()))


def _json() -> str:
    """Name all kinds in the row of the field that says which one a descriptor is."""
    *names, last = (f"`{kind.name}`" for kind in KINDS)
    text = (ROOT / JSON).read_text(encoding="utf-8")
    return re.sub(
        r"(?<=^\| `kind` \| text \| )`.*(?= \|$)", f"{', '.join(names)} or {last}", text, count=1, flags=re.MULTILINE
    )


def _completion(shell: str) -> str:
    program = program_parser()
    (commands,) = (one for one in program._actions if isinstance(one.choices, dict))  # noqa: SLF001 - no other list
    for parser in commands.choices.values():
        parser.description = _first_sentence(parser.description or "")
    for parser in (program, *commands.choices.values()):
        for action in parser._actions:  # noqa: SLF001 - argparse has no other list of them
            completed = COMPLETED.get(LOOKS.get(str(action.metavar), str(action.metavar)))
            if completed is not None:
                action.complete = completed  # type: ignore[attr-defined] - what shtab looks for
    text = shtab.complete(program, shell=shell).replace(BASH_END, f"{NO_SPACE}{BASH_END}")
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _first_sentence(text: str) -> str:
    """Return what fits beside the name of a command."""
    return re.split(r"[.:]\s", text, maxsplit=1)[0].removesuffix(".")


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
