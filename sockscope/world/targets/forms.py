"""The forms in which a target can be typed, each with what finds it."""

import difflib
import re
from collections.abc import Callable

from sockscope.model.located import Located
from sockscope.world.targets.addresses import TRANSPORTS, Asked, by_address
from sockscope.world.targets.answers import Finder, Found, Target, TargetSyntaxError, echo, quoted, typed_bytes
from sockscope.world.targets.inodes import NAMESPACES, by_inode, by_namespace
from sockscope.world.targets.paths import by_path, by_socket_path
from sockscope.world.targets.processes import by_descriptor, by_name, by_odd_name, by_pid
from sockscope.world.targets.typed_addresses import names_a_service, read_address
from sockscope.world.targets.unix_names import by_unix_name
from sockscope.world.world import World

FORMS = (
    "PID, PID:FD, NAME, ino:N, tcp:PORT, udp:PORT, :PORT, ADDRESS:PORT, localhost:PORT, /path, ./path, pts/N,"
    " @name, unix:/path or unix:@name"
)
_WITH_PORTS = r"(udplite|mptcp|tcp|udp|sctp)([46]?)"
_FAMILY = {"": ("inet", "inet6"), "4": ("inet",), "6": ("inet6",)}
_PROTOCOLS = {**{name: (name,) for name in TRANSPORTS}, "": TRANSPORTS}
_RELATIVE = re.compile(
    rf"(?!\d{{1,5}}/{_WITH_PORTS}$)(?!{_WITH_PORTS}/\d{{1,5}}$)(?!pts/\d+$)[^:@/][^:]*/[^:]*", re.DOTALL
)
"""A path without a sign that it is one; a colon would make it the name of a thread, as `kworker/0:1`."""
_SCHEME = re.compile(_WITH_PORTS, re.ASCII | re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_GUESSED = (
    ("name comm process program command cmd exe pid path local address file", "{rest}"),
    ("inode socket pipe", "ino:{rest}"),
    ("port", ":{rest}"),
    ("tty", "pts/{rest}"),
    ("abstract", "@{rest}"),
    ("fd", "PID:{rest}"),
)
INSTEAD = {word: form for words, form in _GUESSED for word in words.split()}
"""What to type instead of a key that one might guess."""
KEYS = ("ino", "unix", "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "udplite", "mptcp", "sctp")
"""Keys that there are."""


def resolve(world: World, text: str, located: Located | None = None) -> Found:
    """Find what is meant: one descriptor for each matching object, what receives first; or processes, the oldest first.

    Args:
        world: where to look.
        text: what was typed, a path absolute.
        located: what the collector has found out about `read_target(text).path`.

    Raises:
        TargetSyntaxError: the text is none of `FORMS`.
        TargetMissingError: nothing like it exists.
        TargetDeniedError: it exists behind descriptors that could not be read.
    """
    return read_target(text)(world, located)


def read_target(text: str) -> Target:
    """Read what is meant, before there is a world to find it in. A relative path has to be made absolute before.

    Raises:
        TargetSyntaxError: the text is none of `FORMS`. A name that is unusual for a process is refused only once
            there is a world that has none of that name.
    """
    for form, read in _READERS:
        found = form.fullmatch(text)
        if found is not None:
            return read(found)
    address = _read_address(text, text, "", "")
    if address is not None:
        return _unasked(address)
    instead = _instead(text)
    refusal = f"{quoted(text)} is none of {FORMS}"
    if not instead and _may_be_a_name(text):
        return _unasked(lambda world: by_odd_name(world, text, refusal))
    raise TargetSyntaxError(refusal + instead)


def absolute(text: str, directory: str) -> str:
    """Make a relative path absolute, as `./x`, `../x` or `run/x.sock`; any other target stays as it is.

    Args:
        text: what was typed.
        directory: where relative paths begin.
    """
    prefix, path = ("unix:", text[5:]) if text.startswith("unix:") else ("", text)
    if path == ".":
        return f"{prefix}{directory}"
    if path.startswith(("./", "../")) or path == ".." or (not prefix and _RELATIVE.fullmatch(path)):
        return f"{prefix}{directory.rstrip('/')}/{path.removeprefix('./')}"
    return text


def _unasked(find: Finder) -> Target:
    return Target(lambda world, _: find(world))


def _path(text: str) -> Target:
    return Target(lambda world, located: by_path(world, text, located), typed_bytes(text))


def _socket_path(found: re.Match[str]) -> Target:
    typed, path = found[0], found[1]
    return Target(lambda world, located: by_socket_path(world, typed, path, located), typed_bytes(path))


def _may_be_a_name(text: str) -> bool:
    """Whether a process may be called so: what begins as another form does is a mistyped one of those."""
    head, colon, _ = text.partition(":")
    of_another = colon and (head.isdecimal() or head in KEYS)
    return bool(_LETTER.search(text)) and not text.startswith("-") and not of_another


def _url(found: re.Match[str]) -> Finder:
    """Read the address out of a URL: for a scheme that is a protocol among its sockets only."""
    scheme = _SCHEME.fullmatch(found[1])
    address = _read_address(found[0], found[2], *((scheme[1], scheme[2]) if scheme else ("", "")))
    if address is None:
        raise TargetSyntaxError(_refusal(found[0]))
    return address


def _with_scheme(found: re.Match[str]) -> Finder:
    rest = found[3]
    address = _read_address(found[0], rest if ":" in rest else f":{rest}", found[1], found[2])
    if address is None:
        raise TargetSyntaxError(_refusal(found[0]))
    return address


def _with_port(found: re.Match[str]) -> Finder:
    address = _read_address(found[0], f":{found['port']}", found[2], found[3])
    if address is None:
        raise TargetSyntaxError(_refusal(found[0]))
    return address


def _read_address(typed: str, text: str, protocol: str, family: str) -> Finder | None:
    found = read_address(text)
    if found is None:
        return None
    asked = Asked(typed, *found, _PROTOCOLS[protocol.lower()], _FAMILY[family])
    return lambda world: by_address(world, asked)


def _refusal(text: str) -> str:
    """Say that a text is no target, and what to type instead."""
    return f"{quoted(text)} is none of {FORMS}{_instead(text)}"


def _instead(text: str) -> str:
    """Say what to type where a key or the name of a service was guessed, "" where none was."""
    key, colon, rest = text.partition(":")
    behind = rest if ":" in rest else f":{rest}"
    if names_a_service(behind if _SCHEME.fullmatch(key) else text):
        return "; a port is a number here, as in :80"
    if not colon or not key or not rest or rest.startswith(" "):
        return ""  # as in `tmux: server`, the name of a process
    if key in INSTEAD:
        return f"; did you mean {echo(INSTEAD[key].format(rest=rest))}?"
    near = difflib.get_close_matches(key[:LONGEST_KEY], KEYS, 1)
    return f"; did you mean {near[0]}:{echo(rest)}?" if near and near[0] != key else ""


LONGEST_KEY = 16
"""Characters of a key that are compared with those there are."""
_Reader = Callable[[re.Match[str]], Target]


def _form(
    pattern: str, read: Callable[[re.Match[str]], Finder], flags: int = re.ASCII
) -> tuple[re.Pattern[str], _Reader]:
    return re.compile(pattern, flags), lambda found: _unasked(read(found))


_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    _form(r"\d{1,20}", lambda found: lambda world: by_pid(world, int(found[0]))),
    _form(r"(\d{1,20}):(\d{1,20})", lambda found: lambda world: by_descriptor(world, int(found[1]), int(found[2]))),
    _form(
        r"/proc/(\d{1,20})(?:/task/\d{1,20})?/fd(?:info)?/(\d{1,20})",
        lambda found: lambda world: by_descriptor(world, int(found[1]), int(found[2])),
    ),
    _form(r"ino:0*([1-9]\d{0,19})", lambda found: lambda world: by_inode(world, int(found[1]))),
    _form(r"(socket|pipe):\[([1-9]\d{0,19})\]", lambda found: lambda world: by_inode(world, int(found[2]), found[1])),
    _form(
        rf"({'|'.join(NAMESPACES)}):\[([1-9]\d{{0,19}})\]",
        lambda found: lambda world: by_namespace(world, found[1], int(found[2])),
    ),
    (re.compile(r"unix:(/.*)", re.DOTALL), _socket_path),
    (re.compile(r"file://(/.*)", re.DOTALL), lambda found: _path(found[1])),
    _form(r"([A-Za-z][\w+.-]*)://(?:[^/?#@\s]*@)?([^/?#\s]+:\d{1,5})(?:[/?#].*)?", _url, re.ASCII | re.DOTALL),
    _form(r"unix:(.+)", lambda found: lambda world: by_unix_name(world, found[0], found[1]), re.DOTALL),
    _form(r"@.+", lambda found: lambda world: by_unix_name(world, found[0], found[0]), re.DOTALL),
    (re.compile(r"/.*", re.DOTALL), lambda found: _path(found[0])),
    (re.compile(r"pts/\d{1,10}|tty[A-Za-z]{0,4}\d{1,3}", re.ASCII), lambda found: _path(f"/dev/{found[0]}")),
    _form(_WITH_PORTS + r":(.*)", _with_scheme, re.ASCII | re.DOTALL | re.IGNORECASE),
    _form(r"(?P<port>\d{1,5})/" + _WITH_PORTS, _with_port, re.ASCII | re.IGNORECASE),
    _form(f"(){_WITH_PORTS}" + r"/(?P<port>\d{1,5})", _with_port, re.ASCII | re.IGNORECASE),
    # A letter is in it, so that a mistyped number is not looked for as a name.
    (
        re.compile(r"(?=.*[^\W\d_])[\w.+][\w.+-]{0,63}"),
        lambda found: _unasked(lambda world: by_name(world, found[0])),
    ),
)
"""Forms that their first characters tell apart; the others are addresses and unusual names."""
