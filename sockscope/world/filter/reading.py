"""Reading what stands after a key, by the shape of the key's values."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from ipaddress import ip_network

from sockscope.world.filter.errors import FilterError
from sockscope.world.filter.keys import KIND_WORDS, Key
from sockscope.world.filter.lexing import Piece
from sockscope.world.filter.pattern import Pattern, PatternError
from sockscope.world.filter.values import (
    AnyHost,
    Called,
    Choice,
    Glob,
    Longer,
    Match,
    Network,
    Number,
    Text,
    Value,
)

_RANGE = re.compile(r"(\d{1,20})(?:-(\d{1,20}))?", re.ASCII)
_COMPARISON = re.compile(r"(>=|<=|>|<|=)(\d{1,20})", re.ASCII)
_ENDPOINT = re.compile(r"(\[[0-9A-Fa-f:.]{2,64}\]|[0-9.]{7,15}|):(\d{1,5})", re.ASCII)
_LONGER = re.compile(r">(\d{1,9})([smh]?)", re.ASCII)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_DOTTED = re.compile(r"\d+(\.\d+){3}", re.ASCII)
"""Written like a whole address of IPv4; a part of one is looked for as text."""
_SYNONYMS = {"ipv4": "inet", "ipv6": "inet6", "estab": "established", "listening": "listen", "closed": "close"}


def read_words(piece: Piece) -> Text | Match:
    """Read a word that has no key.

    Raises:
        FilterError: it is a pattern that makes no sense, or empty.
    """
    if piece.sort == "pattern":
        return _pattern(piece)
    if not piece.text:
        msg = "there is nothing between the quotes"
        raise FilterError(msg, piece.start, piece.width)
    return Text(piece.text)


def read_value(key: Key, piece: Piece) -> Value:
    """Read a value of a key.

    Raises:
        FilterError: the key has no such values.
    """
    if not piece.text:
        msg = f"{key.name}: needs a value"
        raise FilterError(msg, piece.start, piece.width)
    return _SHAPES[key.shape](key, piece)


def _number(key: Key, piece: Piece) -> Number:
    found = _RANGE.fullmatch(piece.text)
    if found is not None and piece.sort == "bare":
        low = int(found[1])
        high = low if found[2] is None else int(found[2])
        if high < low:
            msg = f"{piece.text}: the second number is smaller than the first"
            raise FilterError(msg, piece.start, piece.width)
        return Number(low, high)
    compared = _COMPARISON.fullmatch(piece.text)
    if compared is None or piece.sort != "bare":
        msg = f"{key.name}: takes a number, a range such as 5-9, or a comparison such as >100, not {piece.text!a}"
        raise FilterError(msg, piece.start, piece.width)
    return _compared(compared[1], int(compared[2]))


def _compared(sign: str, number: int) -> Number:
    bounds: dict[str, tuple[int | None, int | None]] = {
        ">": (number + 1, None),
        ">=": (number, None),
        "<": (None, number - 1),
        "<=": (None, number),
        "=": (number, number),
    }
    return Number(*bounds[sign])


def _choice(key: Key, piece: Piece) -> Value:
    if piece.sort == "pattern":
        return _pattern(piece)
    word = piece.text.lower()
    if "*" in word and piece.sort == "bare":
        return Glob(word)
    if key.choices:
        word = word.removeprefix("o_").replace("-", "_")
        word = _SYNONYMS.get(word, word)
    _require_known(key, word, piece)
    return Choice(word)


def _require_known(key: Key, word: str, piece: Piece) -> None:
    """Refuse a word that is none of the choices; of kinds not all are known, so there only what looks mistyped."""
    known = KIND_WORDS if key.name == "kind" else key.choices
    if not known or word in known:
        return
    close = get_close_matches(word, known, n=2, cutoff=0.8 if key.name == "kind" else 0.5)
    if close or key.choices:
        hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(known)}"
        msg = f"{key.name}: has no value {piece.text!a}; {hint}"
        raise FilterError(msg, piece.start, piece.width)


def _text(_: Key, piece: Piece) -> Value:
    if piece.sort == "pattern":
        return _pattern(piece)
    if "*" in piece.text and piece.sort == "bare":
        return Glob(piece.text)
    return Text(piece.text)


def _address(key: Key, piece: Piece) -> Value:
    if piece.sort != "bare" or "*" in piece.text:
        return _text(key, piece)
    block = _block(piece.text, piece)
    if block is not None:
        return block
    if _DOTTED.fullmatch(piece.text):
        raise FilterError(f"{piece.text} is no address", piece.start, piece.width)  # noqa: EM102
    endpoint = _ENDPOINT.fullmatch(piece.text)
    if endpoint is None:
        return Text(piece.text)
    host = endpoint[1].removeprefix("[").removesuffix("]")
    if not host:
        return AnyHost(endpoint[2])
    try:
        return Network(ip_network(host), endpoint[2])
    except ValueError as error:
        raise FilterError(f"{host} is no address", piece.start, piece.width) from error  # noqa: EM102


def _block(text: str, piece: Piece) -> Network | None:
    try:
        return Network(ip_network(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        if re.fullmatch(r"[0-9a-fA-F.:]+/\d+", text):
            msg = f"{text} is no block of addresses; write it from its first one, as in 10.0.0.0/8"
            raise FilterError(msg, piece.start, piece.width) from None
        return None


def _pattern(piece: Piece) -> Match:
    try:
        Pattern(piece.text)
    except PatternError as error:
        raise FilterError(str(error), piece.start, piece.width) from error
    if not piece.text:
        msg = "a pattern is missing after ~"
        raise FilterError(msg, piece.start)
    return Match(piece.text)


def _wait(key: Key, piece: Piece) -> Value:
    """Read the name of a call, or for how long a wait has stood still (`>10s`, `>5m`)."""
    longer = _LONGER.fullmatch(piece.text) if piece.sort == "bare" else None
    if longer is not None:
        return Longer(int(longer[1]) * _UNITS[longer[2]])
    if piece.sort == "bare" and piece.text[0] in "<>=":
        msg = f"{key.name}: takes a call such as read, fd for any descriptor, or a time such as >10s"
        raise FilterError(msg, piece.start, piece.width)
    name = _choice(key, piece)
    assert isinstance(name, (Choice, Glob, Match))  # noqa: S101 - what it reads is one of these
    return Called(name)


_SHAPES: dict[str, Callable[[Key, Piece], Value]] = {
    "number": _number,
    "choice": _choice,
    "text": _text,
    "address": _address,
    "wait": _wait,
}
