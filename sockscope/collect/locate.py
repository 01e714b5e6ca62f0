"""Answer what a typed path is, and who uses that file: for `show PATH`, and for the explorer."""

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, clean, ours
from sockscope.collect.asked_path import AskedFile, AskedPaths, PathError
from sockscope.collect.blocked import AskedFifo, BlockedThreads
from sockscope.collect.collector import Collector
from sockscope.collect.file_uses import FileUses
from sockscope.collect.patience import Patience
from sockscope.collect.processes.answering import Answering
from sockscope.collect.tables.mounts import MountTables
from sockscope.frames.messages import Locate
from sockscope.kernel.procfs import Procfs
from sockscope.model.blocked import Blocked
from sockscope.model.located import Located

NEVER_USED_SO = frozenset({"socket", "fifo"})
"""Kinds that cannot be anybody's directory or program and that nobody can map: only descriptors lead there."""


def locate(collector: Collector, request: Locate) -> Located:
    """Look a path up, and ask every process, mount and loop device whether it uses the file.

    Args:
        collector: what has looked at this machine; who does not answer it is not asked.
        request: the path, absolute.
    """
    procfs, answering = collector.procfs, collector.answering
    mounts = MountTables(procfs)
    paths = AskedPaths(mounts)
    uses = FileUses(procfs, mounts, paths, answering)
    shown = clean(request.path)
    try:
        file = paths.read(request.path)
        found, unread = ([], 0) if file.kind in NEVER_USED_SO else uses.read(file, collector.tables)
    except PathError as error:
        return Located(request.id, shown, missing=error.missing, error=error.why)
    finally:
        uses.close()
        paths.close()
    facts = file.named.facts
    notes: list[Clean] = [*mounts.notes, *uses.notes]
    blocked = _opening(procfs, answering, file, notes) if file.kind == "fifo" else ()
    return Located(
        id=request.id,
        path=shown,
        kind=file.kind,
        dev=facts.dev,
        ino=facts.ino,
        superblock=file.superblock,
        inner=file.named.inner,
        numbered_apart=file.numbered_apart,
        mount=_mount(file),
        uses=tuple(found),
        unread=unread,
        blocked=blocked,
        notes=tuple(notes),
        systems=(file.superblock,) if file.named.mount_root else tuple(sorted(uses.systems)),
    )


def _opening(procfs: Procfs, answering: Answering, file: AskedFile, notes: list[Clean]) -> tuple[Blocked, ...]:
    patience = Patience()
    try:
        fifo = AskedFifo(file.named.facts, file.superblock)
        return BlockedThreads(procfs, answering, patience).for_partner(fifo, notes)
    finally:
        patience.close()


def _mount(file: AskedFile) -> Clean:
    if not file.named.mount_root:
        return NOTHING
    return ours("{} {}", file.mount.fstype, file.mount.source) if file.mount else ours("a mount")
