"""The document of `show PATH` where a path means more than one descriptor: who uses a file, or keeps a mount busy."""

from sockscope.abi.devices import device_text
from sockscope.abi.text import NOTHING
from sockscope.kinds.words import counted
from sockscope.model.keys import ProcessKey
from sockscope.model.located import FileUse, Located
from sockscope.report import records, show_records
from sockscope.report.to_records import coverage_record
from sockscope.report.use_record import UseRecord
from sockscope.world.targets.uses import uses_of
from sockscope.world.world import World

TOLD_OF_DESCRIPTORS = frozenset({"bound", "open", "opening", "watch"})
"""Uses that are descriptors, or stand beside those of a FIFO (relation `may_open`)."""


def file_document(world: World, located: Located) -> show_records.FileReport:
    """Make the document of a file that was found, with everybody who uses it."""
    unread = f"{counted(located.unread, 'process', 'processes')} could not be asked what is used without a descriptor"
    return show_records.FileReport(
        schema=records.SCHEMA,
        coverage=coverage_record(world.coverage),
        path=located.path,
        kind=located.kind,
        device=device_text(located.dev),
        ino=located.ino,
        mount=located.mount,
        uses=[_record(world, use) for use in uses_of(world, located)],
        notes=[*([unread] if located.unread else []), *located.notes],
    )


def used_without_descriptor(world: World, located: Located) -> list[UseRecord]:
    """List who uses a file in another way than by a descriptor."""
    return [_record(world, use) for use in uses_of(world, located) if use.use not in TOLD_OF_DESCRIPTORS]


def _record(world: World, use: FileUse) -> UseRecord:
    process = world.processes.get(ProcessKey(use.pid, use.start))
    return UseRecord(
        use=use.use,
        pid=use.pid or None,
        fd=use.fd if use.fd >= 0 else None,
        comm=process.comm if process else NOTHING,
        name=use.name,
        on_mount=use.on_mount,
        confidence=use.confidence,
        evidence=use.evidence,
    )
