"""What a search for a target comes to: keys, or one sentence that says why there are none."""

import os
from collections.abc import Callable, Iterable

from msgspec import Struct

from sockscope.abi.text import clean_str, cut
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.located import Located
from sockscope.model.socket import Socket
from sockscope.world.relations.unheld import unheld_reason
from sockscope.world.world import World

Found = list[DescriptorKey | ProcessKey]
Finder = Callable[[World], Found]
LocatedFinder = Callable[[World, Located | None], Found]


class Target(Struct, frozen=True):
    """What the user typed, read: how to find it, and which file has to be asked for before."""

    find: LocatedFinder
    path: bytes = b""
    """Absolute path that the collector is to locate first; b"" where nothing has to be asked."""

    def __call__(self, world: World, located: Located | None = None) -> Found:
        """Find what is meant, with the answer about `path` where there is one."""
        return self.find(world, located)


LONGEST_ECHO = 100
"""Characters that are repeated of what was typed: an argument may have hundreds of thousands."""


class TargetSyntaxError(ValueError):
    """The text is none of the forms that can be asked for (exit code 2)."""


class TargetMissingError(LookupError):
    """The text is well formed, and nothing like it exists (exit code 1)."""


class TargetDeniedError(PermissionError):
    """It exists, and no process that could be read leads to it (exit code 3)."""


def echo(text: str) -> str:
    """Repeat what was typed: cut, and where something in it would not be seen as it is, cleaned and in quotes."""
    shown = clean_str(text[: LONGEST_ECHO + 1])
    return cut(shown, LONGEST_ECHO) if shown == text[: LONGEST_ECHO + 1] else quoted(text)


def quoted(text: str) -> str:
    """Repeat what was typed in quotes: cleaned, in one line, and cut."""
    return f"'{cut(clean_str(text[: LONGEST_ECHO + 1]), LONGEST_ECHO)}'"


def typed_bytes(text: str) -> bytes:
    """Return what was typed as the kernel takes it: what an argument of the command line was before it became text."""
    try:
        return os.fsencode(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def holders_of(world: World, sockets: Iterable[Socket]) -> Found:
    """Return one holder of each socket, in their order.

    Raises:
        TargetDeniedError: there are sockets, and nobody is known to hold any of them; says why of the first.
    """
    wanted = list(sockets)
    inodes = dict.fromkeys(socket.ino for socket in wanted)
    found: Found = [holders[0] for ino in inodes if (holders := world.socket_holders(ino))]
    if wanted and not found:
        raise TargetDeniedError(_unheld(world, wanted[0]))
    return found


def _unheld(world: World, socket: Socket) -> str:
    where = " → ".join(part for part in (socket.local_text, socket.remote_text) if part)
    named = " ".join(part for part in (socket.label, socket.state, where) if part)
    return f"no readable descriptor leads to {named} (ino {socket.ino}): {unheld_reason(world, socket)}"
