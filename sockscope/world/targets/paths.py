"""Files and unix sockets by path: by which file it is now, and not by how it was called when it was bound or opened."""

from sockscope.abi.text import clean_str
from sockscope.kinds.words import counted
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.located import Located
from sockscope.world.targets.answers import Found, TargetDeniedError, TargetMissingError, echo, holders_of
from sockscope.world.targets.unix_names import bound_to_name, by_unix_name
from sockscope.world.targets.uses import bound_here, key_of, uses_of
from sockscope.world.world import World

NOBODY = {
    "socket": "no socket is bound to it and no readable process has it open",
    "fifo": "no readable process has it open, and none that waits in open(2) may be opening it",
}
NOBODY_AT_ALL = (
    "no readable process has it open or mapped, as program, working directory or root, no inotify instance watches it,"
    " and it is the root of no other mount and behind no loop device"
)
"""What was looked at, of kinds that are in no table above."""
DELETED = " (deleted)"


def by_path(world: World, typed: str, located: Located | None) -> Found:
    """Find one holder of each object that a path leads to: sockets bound there, else descriptors, else processes.

    Args:
        world: where to look.
        typed: the path, absolute.
        located: what the collector found out about it; None where it was not asked, so that names are all there is.

    Raises:
        TargetMissingError: there is no such file, or nobody uses it; says what was looked at.
        TargetDeniedError: nobody could say what it is, and nobody has used that name; or none that could be read.
    """
    if located is None or (located.error and not located.missing):
        return _by_name(world, typed, located)
    if located.missing:
        msg = f"there is no {echo(typed)}{_remnants(world, typed)}"
        raise TargetMissingError(msg)
    sockets = bound_here(world, located)
    found: Found = holders_of(world, sockets) if sockets else []
    objects: dict[object, DescriptorKey | ProcessKey] = {}
    uses = uses_of(world, located)
    for use in uses:
        key = key_of(use)
        if key is not None and use.use != "opening" and (use.use != "bound" or use.on_mount):
            descriptor = world.descriptor(key) if isinstance(key, DescriptorKey) else None
            objects.setdefault(descriptor.object if descriptor else key, key)
    found += objects.values()
    if not found:  # whom a FIFO may keep waiting, where nobody has it open
        found += dict.fromkeys(key for use in uses if use.use == "opening" and (key := key_of(use)) is not None)
    if not found and not located.uses:
        unread = f"; {counted(located.unread, 'process', 'processes')} could not be asked" if located.unread else ""
        more = "".join(f"; {note}" for note in located.notes)
        msg = f"{echo(typed)}: {NOBODY.get(located.kind, NOBODY_AT_ALL)}{unread}{more}"
        raise TargetMissingError(msg)
    return found


def by_socket_path(world: World, typed: str, path: str, located: Located | None) -> Found:
    """Find the sockets that are bound to a file; where none is, those that were bound to its name.

    Raises:
        TargetMissingError: there is none.
        TargetDeniedError: nobody who could be read holds one.
    """
    sockets = [] if located is None else bound_here(world, located)
    return holders_of(world, sockets) if sockets else by_unix_name(world, typed, path)


def _by_name(world: World, typed: str, located: Located | None) -> Found:
    shown = clean_str(typed)
    bound = bound_to_name(world, typed)
    if bound:
        return holders_of(world, bound)
    found = _named(world, shown)
    if found:
        return found
    if located is not None:
        msg = f"{echo(typed)}: {located.error}"
        raise TargetDeniedError(msg)
    msg = f"no socket is bound to {echo(typed)} and no readable process has it open"
    raise TargetMissingError(msg)


def _named(world: World, name: str) -> Found:
    r"""Find descriptors by the text of their links; with a `\` in it that may be what cleaning has made of another."""
    if "\\" in name:
        return []
    objects: dict[str, DescriptorKey] = {}
    for key in sorted(world.tables):
        for _, descriptor in sorted(world.tables[key].items()):
            if descriptor.target == name:
                objects.setdefault(descriptor.object, descriptor.key)
    return list(objects.values())


def _remnants(world: World, typed: str) -> str:
    """Name one who holds what had this name: a socket whose file was removed or renamed, or a deleted file."""
    shown = clean_str(typed)
    sockets = [key for one in bound_to_name(world, typed) for key in world.socket_holders(one.ino)]
    if sockets:
        first = sockets[0]
        return f"; {first.slot} holds a socket that was bound to that name (unix:{echo(typed)} shows it)"
    for key in _named(world, shown + DELETED)[:1]:
        if isinstance(key, DescriptorKey):
            return f"; {key.slot} has a deleted file of that name open"
    return ""
