"""Rows for what processes use without a descriptor, made on request and kept while a process has not run."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from sockscope.abi.open_flags import Access
from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import clean, clean_str, ours
from sockscope.collect.patience import NoAnswerError
from sockscope.collect.processes.walked import Watched
from sockscope.collect.tables.mounts import MountTables
from sockscope.collect.used_files import UsedFile, UsedFiles
from sockscope.kernel.maps import Mapping as Mapped
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import CleanFields, Descriptor, Identified
from sockscope.model.keys import FIRST_MAPPED, PLACES, ProcessKey

MAX_MAPPINGS = 64
"""Mappings of one file whose addresses stand in its row."""
Table = dict[int, Descriptor]


class _Used(Struct):
    """What one process was found to use."""

    watched: Watched
    """The process as it was when it was asked: another one once it has run."""
    rows: Table
    table: Table
    """Its descriptors and these rows."""
    numbers: dict[tuple[Raw, int, int], int] = field(default_factory=dict)
    """Numbers of mapped files, which stay with them: a number means one file for as long as the process lives."""


class Uses:
    """Add rows to the tables of processes."""

    def __init__(self, procfs: Procfs, mounts: MountTables) -> None:
        """Ask processes of `procfs`; nothing is asked before `wanted`."""
        self.files = UsedFiles(procfs, mounts)
        """What is asked."""
        self._known: dict[ProcessKey, _Used] = {}
        self.wanted = False
        """Whether anybody wants to see them."""
        self.silent = 0
        """Processes that did not answer, or denied it, when they were asked last."""

    def tables(self, watched: Mapping[ProcessKey, Watched]) -> dict[ProcessKey, Table]:
        """Return the table of each process with what it uses: of one that has not run since, the very same."""
        if not self.wanted:
            self._known.clear()
            return {key: one.table for key, one in watched.items()}
        known, self._known, self.silent = self._known, {}, 0
        found = {key: self._table(key, one, known.get(key)) for key, one in watched.items()}
        self.files.close()
        return found

    @property
    def notes(self) -> tuple[Clean, ...]:
        """Say what is missing, in one sentence each."""
        if not self.silent:
            return ()
        which = ours("1 process does") if self.silent == 1 else ours("{:,} processes do", self.silent)
        return (ours("{} not tell working directory, program and mapped files: denied, or no answer in time", which),)

    def _table(self, key: ProcessKey, watched: Watched, known: _Used | None) -> Table:
        process = watched.process
        if process.kernel_thread or process.thread_of:
            return watched.table  # a kernel thread uses no file, and a thread what its process does
        if known is None or known.watched is not watched:
            numbers = known.numbers if known is not None else {}
            rows = self._rows(key, numbers)
            if known is not None and rows == known.rows and watched.table is known.watched.table:
                known.watched = watched
            else:
                known = _Used(watched, rows, rows | watched.table, numbers)
        self._known[key] = known
        return known.table

    def _rows(self, key: ProcessKey, numbers: dict[tuple[Raw, int, int], int]) -> Table:
        try:
            files = self.files.read(key.pid)
        except (NoAnswerError, OSError):
            self.silent += 1
            return {}
        return {row.fd: row for row in _described(key, files, numbers)}


def _described(
    key: ProcessKey, files: Sequence[UsedFile], numbers: dict[tuple[Raw, int, int], int]
) -> Iterator[Descriptor]:
    for file in files:
        fd = PLACES.get(file.use)
        if fd is None:
            fd = numbers.setdefault((file.target, file.dev, file.ino), FIRST_MAPPED + len(numbers))
        object_ = file.object or f"{file.use}?{key.pid}:{fd}"
        yield Descriptor(
            key.pid, key.start, fd, file.use, clean(file.target), _access(file.mappings), object_, file.ino, file.dev,
            unproven=not file.identified, fields=_fields(file.mappings), identified=_identified(file),
        )  # fmt: skip


def _identified(file: UsedFile) -> Identified:
    if not file.object:
        return ""
    return "number" if file.ipc else "inode"


def _access(mappings: Sequence[Mapped]) -> Access:
    """Say what may be done with what is mapped; "" for what is not."""
    readable = any("r" in one.permissions for one in mappings)
    writable = any("w" in one.permissions for one in mappings)
    if readable:
        return "rw" if writable else "r"
    return "w" if writable else ""


def _fields(mappings: Sequence[Mapped]) -> CleanFields | None:
    """Name how a file is mapped: whether any mapping is shared, all permissions, bytes, and the first addresses."""
    if not mappings:
        return None
    letters = "".join(letter if any(letter in one.permissions for one in mappings) else "-" for letter in "rwx")
    return {
        "shared": any(one.shared for one in mappings),
        "permissions": clean_str(letters),
        "bytes": sum(one.end - one.start for one in mappings),
        "mappings": [_place(one) for one in mappings[:MAX_MAPPINGS]],
    }


def _place(mapping: Mapped) -> CleanFields:
    return {
        "start": mapping.start,
        "end": mapping.end,
        "offset": mapping.offset,
        "permissions": mapping.permissions,
    }
