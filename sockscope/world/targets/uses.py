"""Everything that uses a file that was asked for by name: what the collector found, and what descriptors tell."""

from collections.abc import Iterable, Iterator

from sockscope.abi.devices import device_text
from sockscope.abi.text import ours
from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.located import FileUse, Located
from sockscope.model.socket import Socket
from sockscope.world.relations.may_open import certainty, of_process, opens, would_wait
from sockscope.world.relations.noticed_by import WATCHED
from sockscope.world.world import World

INODE_BITS = 0xFFFFFFFF
"""unix_diag gives that much of an inode (net/unix/diag.c, `sk_diag_dump_vfs`)."""
BY_FILE = ours("device and inode of the file")
BY_TABLES = ours("device of the file system and inode; there several files may have them")
BY_BOUND = ours("device and inode of the file it is bound to (UNIX_DIAG_VFS)")
BY_BIND = ours("the name that was given to bind(2)")
BY_SYSTEM = ours(
    "device of the file system of the file it is bound to (UNIX_DIAG_VFS); through which mount is not told"
)
BY_NAMESPACE = ours("inode of its network namespace (/proc/PID/ns/net)")
BY_WATCH = ours("device and inode of its watch (fdinfo)")
ORDER = ("bound", "open", "opening", "cwd", "root", "exe", "mem", "lives", "watch", "mount", "loop")
"""Ways of use, in the order to name them."""


def uses_of(world: World, located: Located) -> list[FileUse]:
    """List who uses a located file, the file itself first, then what lies on the mount whose root it is."""
    opened = list(_open(world, located))
    found = [
        *_bound(world, located),
        *_bound_on(world, located),
        *opened,
        *_watching(world, located),
        *_living(world, located),
        *_opening(world, located, opened),
    ]
    known = {(use.pid, use.fd) for use in found if use.use == "open"}
    for use in located.uses:
        if (use.pid, use.fd) in known and use.use == "open":
            continue  # the root of a mount is on it, too
        if use.pid == 0 or _is_of_user(world, use):
            found.append(use)
    return sorted(found, key=lambda use: (use.on_mount, ORDER.index(use.use), use.pid, use.fd, use.name))


def key_of(use: FileUse) -> DescriptorKey | ProcessKey | None:
    """Return who it is; None for a mount and for a loop device."""
    if not use.pid:
        return None
    return DescriptorKey(use.pid, use.start, use.fd) if use.fd >= 0 else ProcessKey(use.pid, use.start)


def bound_here(world: World, located: Located) -> list[Socket]:
    """List the sockets that are bound to a located file, listeners first.

    Where several files have one number, the one comes first whose name, as its process gave it, is the end of what was
    typed: that may begin with `/proc/PID/root`.
    """
    if located.kind != "socket":
        return []
    file = located.superblock, located.inner & INODE_BITS
    unix = [one for one in world.sockets.values() if one.family == "unix" and one.local_text]
    found = [one for one in unix if one.bound == file]
    # /proc/net/unix says nothing of the file, only how it was called.
    found = found or [one for one in unix if one.bound == (0, 0) and one.local_text == located.path]
    called = located.path.endswith
    return sorted(found, key=lambda one: (not one.listening, not called(one.local_text), one.ino, one.key))


def _is_of_user(world: World, use: FileUse) -> bool:
    process = world.processes.get(ProcessKey(use.pid, use.start))
    return process is not None and not process.kernel_thread


def _bound(world: World, located: Located) -> Iterator[FileUse]:
    for socket in bound_here(world, located):
        named = socket.bound == (0, 0)
        sure = not named and not located.numbered_apart
        evidence = BY_BIND if named else BY_BOUND
        for key in world.socket_holders(socket.ino):
            confidence: Confidence = "proven" if sure else "inferred"
            yield FileUse("bound", key.pid, key.start, key.fd, socket.local_text, confidence, evidence)


def _bound_on(world: World, located: Located) -> Iterator[FileUse]:
    """Yield the sockets that are bound to a file on a mount, which keep it busy as an open file does (`unix_bind`)."""
    sure: Confidence = "proven" if located.kind == "block-device" else "inferred"
    for socket in world.sockets.values():
        if socket.bound != (0, 0) and socket.bound[0] in located.systems:
            for key in world.socket_holders(socket.ino):
                yield FileUse("bound", key.pid, key.start, key.fd, socket.local_text, sure, BY_SYSTEM, on_mount=True)


def _open(world: World, located: Located) -> Iterator[FileUse]:
    for table in world.tables.values():
        for one in table.values():
            confidence = _is_same(one, located) if one.fd >= 0 else None
            if confidence:
                evidence = BY_FILE if confidence == "proven" else BY_TABLES
                yield FileUse("open", one.pid, one.start, one.fd, one.target, confidence, evidence)


def _opening(world: World, located: Located, opened: Iterable[FileUse]) -> Iterator[FileUse]:
    """Yield who may wait in open(2) of a FIFO, given who has it open."""
    held = (world.descriptor(DescriptorKey(use.pid, use.start, use.fd)) for use in opened if use.confidence == "proven")
    ends = "".join(one.access for one in held if one is not None)
    for one in would_wait(located.blocked, ends):
        confidence, evidence = certainty(one)
        for key in of_process(world, one):
            yield FileUse("opening", key.pid, key.start, -1, opens(one), confidence, evidence)


def _is_same(descriptor: Descriptor, located: Located) -> Confidence | None:
    """Tell how sure a descriptor leads to the file; None where it does not, as on another subvolume or layer."""
    if descriptor.kind == "socket" or not descriptor.superblock or not descriptor.ino:
        return None
    if (descriptor.dev, descriptor.ino) == (located.dev, located.ino):
        return "proven"
    if descriptor.dev not in {0, located.dev}:
        return None
    return "inferred" if (descriptor.superblock, descriptor.ino) == (located.superblock, located.inner) else None


def _watching(world: World, located: Located) -> Iterator[FileUse]:
    confidence: Confidence = "inferred" if located.numbered_apart else "proven"
    for key in world.entered(WATCHED, (device_text(located.superblock), located.inner)):
        yield FileUse("watch", key.pid, key.start, key.fd, located.path, confidence, BY_WATCH)


def _living(world: World, located: Located) -> Iterator[FileUse]:
    """Yield the processes that live in a network namespace."""
    if located.kind != "namespace":
        return
    for process in world.processes.values():
        if process.netns == located.ino and not process.kernel_thread:
            yield FileUse("lives", process.pid, process.start, evidence=BY_NAMESPACE)
