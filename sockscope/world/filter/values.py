"""What stands after a key: numbers, words, texts, addresses and patterns. Each tests one value and prints itself."""

import re
from fnmatch import translate
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address

from msgspec import Struct
from msgspec.structs import force_setattr

from sockscope.world.address import ANY_V6, parse_address
from sockscope.world.filter.pattern import Pattern

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


class Number(Struct, frozen=True):
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


class Choice(Struct, frozen=True):
    """One of a few known words, in lower case."""

    word: str

    def accepts(self, word: str) -> bool:
        """Whether it is the same word, whatever its case."""
        return word.lower() == self.word

    def __str__(self) -> str:
        """Print the word, in quotes where one of its characters means something."""
        return self.word if is_plain(self.word) and not set(self.word) & set("*~") else quoted(self.word)


class Text(Struct, frozen=True):
    """A piece of text, found anywhere, whatever the case."""

    text: str
    folded: str = ""
    """The same with its case folded, whatever is given here."""

    def __post_init__(self) -> None:
        """Fold the case once."""
        force_setattr(self, "folded", self.text.lower())

    def accepts(self, text: str) -> bool:
        """Whether the piece is in the text."""
        return self.folded in text.lower()

    def __str__(self) -> str:
        """Write the text, in quotes where one of its characters means something or could."""
        bare = is_plain(self.text) and self.text[0] not in "-~" and _MEANING.search(self.text) is None
        return self.text if bare else quoted(self.text)


class Glob(Struct, frozen=True, dict=True):
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


class Match(Struct, frozen=True, dict=True):
    """A regular expression, found anywhere, whatever the case, in time that grows with the text alone."""

    pattern: str

    @cached_property
    def _ready(self) -> Pattern:
        return Pattern(self.pattern)

    def accepts(self, text: str) -> bool:
        """Whether the pattern is found in the text."""
        return self._ready.search(text)

    def __str__(self) -> str:
        """Print it so that nothing in it ends it."""
        return f"~{quoted(self.pattern)}"


class Network(Struct, frozen=True):
    """An address or a block of them, and a port or any."""

    block: IPv4Network | IPv6Network
    port: str = ""

    def accepts(self, address: str) -> bool:
        """Whether an address as sockets show it (`127.0.0.1:80`) lies in the block and has the port."""
        host, port = parse_address(address)
        if self.port and port != self.port:
            return False
        try:
            return ip_address(ANY_V6 if host == "*" else host) in self.block
        except ValueError:  # a path or a name
            return False

    def __str__(self) -> str:
        """`10.0.0.0/8`, `127.0.0.1`, `127.0.0.1:80` or `[::1]:80`."""
        whole = self.block.prefixlen == self.block.max_prefixlen
        host = str(self.block.network_address) if whole else str(self.block)
        if not self.port:
            return host
        return f"[{host}]:{self.port}" if self.block.version == IPV6 else f"{host}:{self.port}"


class AnyHost(Struct, frozen=True):
    """A port, whatever the host: `:443`."""

    port: str

    def accepts(self, address: str) -> bool:
        """Whether an address as sockets show it has the port."""
        return parse_address(address).port == self.port

    def __str__(self) -> str:
        """`:443`."""
        return f":{self.port}"


Textual = Text | Glob | Match


class Longer(Struct, frozen=True):
    """A wait that has stood still for more than some seconds."""

    seconds: int

    def accepts(self, found: str | int) -> bool:
        """Whether this is for how long a wait has stood still, and long enough; the name of a call is not."""
        return isinstance(found, int) and found > self.seconds

    def __str__(self) -> str:
        """`>10s`."""
        return f">{self.seconds}s"


class Called(Struct, frozen=True):
    """A wait by the name of its call."""

    name: Choice | Glob | Match

    def accepts(self, found: str | int) -> bool:
        """Whether this is such a name; for how long a wait has stood still is not."""
        return isinstance(found, str) and self.name.accepts(found)

    def __str__(self) -> str:
        """Print the name."""
        return str(self.name)


Value = Number | Choice | Textual | Network | AnyHost | Longer | Called
