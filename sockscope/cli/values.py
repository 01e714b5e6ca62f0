"""The words on the command line as values: numbers, processes, seconds, and one clear line where they are none."""

import argparse
from collections.abc import Callable, Sequence

from sockscope.abi.text import clean_str, cut
from sockscope.privileges.invoker import uid_of

MIN_INTERVAL, DEFAULT_INTERVAL, MAX_INTERVAL = 0.1, 1.0, 3600.0
"""Seconds."""
MAX_PID = 1 << 31
MAX_LOOKS = 100_000
MAX_DIGITS = len(str(MAX_PID))

LONGEST = 300
"""Characters of a complaint: it may quote an argument, which may have hundreds of thousands."""


class UsageError(Exception):
    """The words on the command line make no sense; one clear line says why."""


def read_pids(words: list[str] | None, named: Callable[[str], Sequence[int]]) -> list[int]:
    """Read the values of `--pid`, separated by spaces or commas; empty when the option was not given.

    Args:
        words: the values.
        named: finds processes by name.

    Raises:
        UsageError: the option has no value, or one that is neither the number of a process nor a name.
        LookupError: no process has this name.
    """
    if words is None:
        return []
    values = [part for word in words for part in word.replace(",", " ").split()]
    if not values:
        msg = "--pid needs at least one process; did pidof find nothing?"
        raise UsageError(msg)
    return list(dict.fromkeys(pid for value in values for pid in _pids(value, named)))


def _pids(value: str, named: Callable[[str], Sequence[int]]) -> Sequence[int]:
    if value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS and 0 < int(value) < MAX_PID:
        return (int(value),)
    if not (value[0].isalpha() or value[0] in "_."):
        msg = f"--pid takes process numbers or names, not {cut(ascii(value), LONGEST)}"
        raise UsageError(msg)
    found = named(value)
    if not found:
        msg = f"no process is called {cut(clean_str(value), LONGEST)}"
        raise LookupError(msg)
    return found


def known_uid(text: str) -> int:
    """Read the number of a user, for a parser."""
    try:
        return uid_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def count_of_looks(text: str) -> int:
    """Read how often to look, for a parser."""
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS and 0 < int(text) <= MAX_LOOKS):
        msg = f"{cut(ascii(text), LONGEST)} is not a number from 1 to {MAX_LOOKS}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def seconds_between(text: str) -> float:
    """Read the seconds between refreshes, for a parser."""
    try:
        seconds = float(text)
    except ValueError:
        msg = f"{cut(ascii(text), LONGEST)} is not a number of seconds"
        raise argparse.ArgumentTypeError(msg) from None
    # Written so that NaN fails too.
    if not MIN_INTERVAL <= seconds <= MAX_INTERVAL:
        msg = f"{cut(ascii(text), LONGEST)} is not between {MIN_INTERVAL:g} and {MAX_INTERVAL:g} seconds"
        raise argparse.ArgumentTypeError(msg)
    return seconds
