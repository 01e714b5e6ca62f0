"""Unix sockets by the name that was given to bind(2)."""

from sockscope.abi.strings import Raw
from sockscope.model.address import UnixName
from sockscope.model.socket import Socket
from sockscope.world.targets.answers import Found, TargetMissingError, echo, holders_of, typed_bytes
from sockscope.world.world import World


def by_unix_name(world: World, typed: str, name: str) -> Found:
    """Find the sockets that were bound to a name, listeners first.

    Args:
        world: where to look.
        typed: what the user typed, for the message.
        name: `@name` of an abstract socket, or the path as bind(2) took it; not cleaned.

    Raises:
        TargetMissingError: none was.
        TargetDeniedError: nobody who could be read holds one that was.
    """
    bound = bound_to_name(world, name) or _shown_as(world, name)
    if not bound:
        msg = f"no socket is bound to {echo(typed)}"
        raise TargetMissingError(msg)
    return holders_of(world, bound)


def bound_to_name(world: World, name: str) -> list[Socket]:
    """List the sockets that were bound to a name as it was typed, by its bytes, listeners first."""
    raw = typed_bytes(name)
    wanted = UnixName(Raw(b"\0" + raw[1:] if raw.startswith(b"@") else raw))
    bound = [one for one in world.sockets.values() if one.local == wanted]
    return _ordered(bound)


def _shown_as(world: World, name: str) -> list[Socket]:
    r"""List the sockets whose name is shown as was typed: with `\x00` by us, with `@` for each NUL by ss.

    Several names may be shown alike: these are all of them.
    """
    raw = typed_bytes(name)
    alike = [
        one
        for one in world.sockets.values()
        if isinstance(one.local, UnixName) and (one.local.text == name or one.local.name.replace(b"\0", b"@") == raw)
    ]
    return _ordered(alike)


def _ordered(sockets: list[Socket]) -> list[Socket]:
    return sorted(sockets, key=lambda one: (not one.listening, one.ino, one.key))
