r"""Regular expressions whose search time grows with the length of the text and with nothing else.

Names of processes and files are chosen by any local user; a pattern that backtracks lets such a name stop the viewer.
Python's own `re` backtracks, RE2 does not (https://github.com/google/re2/wiki/Syntax): it has no back-references and no
look-around, and `\w`, `\d`, `\s` and `\b` know ASCII alone.

It is imported when the first pattern is read, and may be missing: it has no wheel for musl, and for few architectures.
"""

import re
from functools import lru_cache
from typing import Any

from sockscope.abi.text import clean_str

BETWEEN = "\n"
"""Between two columns of a text that is searched: `^` and `$` mean the edges of one, and no pattern spans two."""
MAX_TEXT = 4096
"""Characters of a text that are searched."""
MAX_PROGRAM = 10_000
"""Instructions of a compiled pattern: where RE2 has no memory for its states, each costs a step a character."""
_MEMORY = 1 << 20
"""Bytes for a compiled pattern and the states that searching has made; more are forgotten and made again."""
_COLUMNS = "(?m)"
MISSING = (
    "a pattern needs RE2, which is not installed here (pip install 'sockscope[patterns]'); "
    "without it * stands for anything, as in cmd:*nginx*"
)
TOO_LARGE = "the pattern is too large"
_MEANINGS = {
    "missing )": "missing ) in the pattern",
    "missing ]": "missing ] in the pattern",
    "unexpected )": "unbalanced ) in the pattern",
    "no argument for repetition operator": "nothing to repeat before {}",
    "bad repetition operator": "{} repeats what is repeated already",
    "invalid repetition size": "{} is too large a count or falls: at most 1000, multiplied where one is in another",
    "invalid perl operator": "look-around is not part of this language: {}",
    "invalid escape sequence": "{} is not part of this language",
    "invalid character class range": "{} is neither a rising range nor a known class",
    "invalid named capture group": "{} does not name a group",
    "trailing \\": "a backslash at the end of the pattern stands for nothing",
    "pattern too large - compile failed": TOO_LARGE,
}
"""What RE2 says of a pattern (re2/parse.cc, `kErrorStrings`), and how we say it."""
_SKIPPED_OR_COUNT = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]|\{,(?=\d+\})", re.DOTALL)


class PatternError(ValueError):
    """The text is no pattern that can be searched in bounded time, or there is nothing to search with."""


class Pattern:
    """A pattern ready to be searched for, whatever the case."""

    def __init__(self, text: str) -> None:
        """Compile it.

        Raises:
            PatternError: it is malformed, too large, or needs back-references or look-around; or RE2 is missing.
        """
        self._search = _compiled(text).search

    def search(self, text: str) -> bool:
        """Whether the pattern is found in the first `MAX_TEXT` characters."""
        return self._search(text[:MAX_TEXT]) is not None


@lru_cache(maxsize=16)
def _compiled(text: str) -> Any:
    try:
        import re2  # noqa: PLC0415 - 11 ms, for those who search with a pattern
    except ImportError:
        raise PatternError(MISSING) from None
    try:
        found = re2.compile(_COLUMNS + _SKIPPED_OR_COUNT.sub(_from_zero, text), _options(re2))
    except re2.error as error:
        raise PatternError(_meaning(error.args[0])) from None
    except UnicodeEncodeError:
        msg = "a pattern is text, and this has half a character in it"
        raise PatternError(msg) from None
    if found.programsize > MAX_PROGRAM:
        raise PatternError(TOO_LARGE)
    return found


def _options(re2: Any) -> Any:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.case_sensitive = False
    options.never_nl = True
    options.never_capture = True
    options.log_errors = False
    return options


def _from_zero(found: re.Match[str]) -> str:
    """Write `{,3}` as `{0,3}`: RE2 takes it for itself, and everybody else for a count."""
    return "{0," if found[0] == "{," else found[0]


def _meaning(message: bytes) -> str:
    said, _, what = message.decode(errors="replace").partition(": ")
    what = clean_str(what.removeprefix(_COLUMNS))
    return _MEANINGS.get(said, f"{said}: {{}}").replace("{}", what)
