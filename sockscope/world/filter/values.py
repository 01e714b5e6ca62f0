"""What stands after a key: numbers, words, texts, addresses and patterns. Each tests one value and prints itself."""

import re
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address

from sockscope.world.address import parse_address
from sockscope.world.filter.pattern.automaton import Automaton
from sockscope.world.filter.pattern.reading import read_pattern

BREAKING = frozenset('|()"')
"""Characters that end an unquoted word, as white space does."""

_MEANING = re.compile(r"[*:<>=]|^[0-9a-fA-F.]+(/\d+)?$")
"""What makes an unquoted text a pattern, a key, a comparison or an address."""
IPV6 = 6


def quoted(text: str) -> str:
    """Write a text so that every character of it stands for itself."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def is_plain(text: str) -> bool:
    """Whether a text can be written without quotes, as far as its characters go."""
    return bool(text) and not any(char in BREAKING or char.isspace() for char in text)


@dataclass(frozen=True, slots=True)
class Number:
    """A range of whole numbers, open where a bound is None."""

    low: int | None = None
    high: int | None = None

    def accepts(self, number: int) -> bool:
        """Whether the number lies between the bounds, both included."""
        return (self.low is None or self.low <= number) and (self.high is None or number <= self.high)

    def __str__(self) -> str:
        """`443`, `8000-8100`, `>=100` or `<=7`."""
        if self.high is None:
            return f">={self.low}"
        if self.low is None:
            return f"<={self.high}"
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few known words, in lower case."""

    word: str

    def accepts(self, word: str) -> bool:
        """Whether it is the same word, whatever its case."""
        return word.lower() == self.word

    def __str__(self) -> str:
        """Print the word, in quotes where one of its characters means something."""
        return self.word if is_plain(self.word) and not set(self.word) & set("*~") else quoted(self.word)


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text, found anywhere, whatever the case."""

    text: str
    folded: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Fold the case once."""
        object.__setattr__(self, "folded", self.text.lower())

    def accepts(self, text: str) -> bool:
        """Whether the piece is in the text."""
        return self.folded in text.lower()

    def __str__(self) -> str:
        """Write the text, in quotes where one of its characters means something or could."""
        bare = is_plain(self.text) and self.text[0] not in "-~" and _MEANING.search(self.text) is None
        return self.text if bare else quoted(self.text)


@dataclass(frozen=True)
class Glob:
    """A whole text in which `*` stands for anything, whatever the case."""

    text: str

    @cached_property
    def _match(self) -> re.Pattern[str]:
        # A run of stars is one star; fnmatch writes the rest with atomic groups, which do not backtrack.
        return re.compile(translate(re.sub(r"[?\[]", r"[\g<0>]", re.sub(r"\*+", "*", self.text.lower()))))

    def accepts(self, text: str) -> bool:
        """Whether the text, all of it, looks so. `*` alone asks for any text at all."""
        return bool(text) and self._match.match(text.lower()) is not None

    def __str__(self) -> str:
        """Print the text as it was written."""
        return self.text


@dataclass(frozen=True)
class Match:
    """A regular expression, found anywhere, whatever the case, in time that grows with the text alone."""

    pattern: str

    @cached_property
    def _automaton(self) -> Automaton:
        return Automaton(read_pattern(self.pattern))

    def accepts(self, text: str) -> bool:
        """Whether the pattern is found in the text."""
        return self._automaton.search(text)

    def __str__(self) -> str:
        """Print it so that nothing in it ends it."""
        return f"~{quoted(self.pattern)}"


@dataclass(frozen=True, slots=True)
class Network:
    """An address or a block of them, and a port or any."""

    block: IPv4Network | IPv6Network
    port: str = ""

    def accepts(self, address: str) -> bool:
        """Whether an address as sockets show it (`127.0.0.1:80`) lies in the block and has the port."""
        host, port = parse_address(address)
        if self.port and port != self.port:
            return False
        try:
            return ip_address(host) in self.block
        except ValueError:  # a path, a name, or `*`
            return False

    def __str__(self) -> str:
        """`10.0.0.0/8`, `127.0.0.1`, `127.0.0.1:80` or `[::1]:80`."""
        whole = self.block.prefixlen == self.block.max_prefixlen
        host = str(self.block.network_address) if whole else str(self.block)
        if not self.port:
            return host
        return f"[{host}]:{self.port}" if self.block.version == IPV6 else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class AnyHost:
    """A port, whatever the host: `:443`."""

    port: str

    def accepts(self, address: str) -> bool:
        """Whether an address as sockets show it has the port."""
        return parse_address(address).port == self.port

    def __str__(self) -> str:
        """`:443`."""
        return f":{self.port}"


Textual = Text | Glob | Match
Value = Number | Choice | Textual | Network | AnyHost
