"""The standard streams: what they can show, and that one may be closed.

Every complaint of the command line is one line that went through `complain`, which cleans and cuts it: it may quote
arguments, variables of the environment and files, which hold what anybody chose.
"""

import codecs
import locale
import os
import sys
from io import TextIOWrapper
from typing import TextIO

from sockscope.abi.ascii_signs import SIGNS
from sockscope.abi.text import clean_str, cut, escape
from sockscope.cli.exit_codes import USAGE
from sockscope.cli.refusal import CommandError

LONGEST = 1000
"""Characters of a complaint."""
AS_GOOD_AS_IT_GETS = "sockscope"
"""Name of the error handler of `codecs`."""
_UTF8 = codecs.lookup("utf-8").name


def output() -> TextIO:
    """Return standard output.

    Raises:
        CommandError: it is closed.
    """
    if sys.stdout is None:
        msg = "standard output is closed, and that is where the answer would go"
        raise CommandError(msg, USAGE)
    return sys.stdout


def input() -> TextIO:  # noqa: A001 - the standard stream of that name
    """Return standard input.

    Raises:
        CommandError: it is closed.
    """
    if sys.stdin is None:
        msg = "standard input is closed, and that is where requests come from"
        raise CommandError(msg, USAGE)
    return sys.stdin


def prepare() -> None:
    """Have both outputs show every text as well as their encoding can, so that none is refused.

    The number of a stream that is closed is taken: a file that is opened later would get it, and what is meant for it.
    Our signs become their likeness in ASCII where the encoding has no such sign, any other character becomes visible.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=_encoding(stream), errors=AS_GOOD_AS_IT_GETS)


def write(text: str | bytes) -> None:
    """Write an answer: bytes as they are, a text with a newline at its end."""
    stream = output()
    if isinstance(text, bytes):
        stream.buffer.write(text)
    else:
        stream.write(text if text.endswith("\n") else text + "\n")
    stream.flush()


def complain(message: str, code: int) -> int:
    """Say in one line what is wrong, if there is anywhere to say it, and return the exit code."""
    if sys.stderr is not None:
        sys.stderr.write(f"sockscope: {cut(clean_str(message), LONGEST)}\n")
        sys.stderr.flush()
    return code


def width() -> int | None:
    """Return the columns that lines are cut to, None where the output is no terminal."""
    stream = output()
    return os.get_terminal_size(stream.fileno()).columns if stream.isatty() else None


def shows_utf8() -> bool:
    """Whether the terminal shows every character, as far as the locale tells."""
    return sys.stdout is None or codecs.lookup(_encoding(sys.stdout)).name == _UTF8


def _encoding(stream: TextIO) -> str:
    """Return what a stream can show. In the locale C Python writes UTF-8, which a terminal there may not understand."""
    if stream.isatty() and sys.flags.utf8_mode:
        return locale.getencoding()
    return stream.encoding


def _likeness(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = error.object[error.start : error.end]
    return "".join(SIGNS.get(ord(char)) or escape(char) for char in found), error.end


codecs.register_error(AS_GOOD_AS_IT_GETS, _likeness)
