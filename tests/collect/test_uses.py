"""Rows for what processes use without a descriptor: on request, kept while nothing ran, counted where missing."""

import mmap
import os
from collections.abc import Iterator

import pytest

from sockscope.collect.patience import NoAnswerError
from sockscope.collect.processes.walked import Watched
from sockscope.collect.tables.mounts import MountTables
from sockscope.collect.used_files import UsedFile
from sockscope.collect.uses import Uses
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import FIRST_MAPPED, PLACES, ProcessKey, slot_name
from sockscope.model.process import Process
from tests.world.build import START, descriptor, process

HERE = ProcessKey(os.getpid(), START)


@pytest.fixture
def uses() -> Iterator[Uses]:
    procfs = Procfs()
    made = Uses(procfs, MountTables(procfs))
    made.wanted = True
    yield made
    made.files.close()


def watched(one: Process | None = None) -> Watched:
    table: dict[int, Descriptor] = {0: descriptor(HERE.pid, 0, "file")}
    return Watched(b"", one or process(HERE.pid), None, table)


def test_nothing_is_asked_unless_it_is_wanted(uses: Uses, monkeypatch: pytest.MonkeyPatch) -> None:
    uses.wanted = False
    monkeypatch.setattr(uses.files, "read", lambda _: pytest.fail("somebody was asked"))
    one = watched()
    assert uses.tables({HERE: one}) == {HERE: one.table}


def test_the_rows_stand_beside_what_is_open_and_have_no_number(uses: Uses) -> None:
    with mmap.mmap(-1, mmap.PAGESIZE):
        table = uses.tables({HERE: watched()})[HERE]
    assert table[0].kind == "file"
    assert {name: table[fd].kind for name, fd in PLACES.items()} == {name: name for name in PLACES}
    memory = next(row for row in table.values() if row.target == "/dev/zero (deleted)")
    assert (memory.kind, memory.access, memory.identified, memory.fd >= FIRST_MAPPED) == ("mem", "rw", "inode", True)
    assert memory.fields is not None
    assert (memory.fields["shared"], memory.fields["permissions"]) == (True, "rw-")
    assert slot_name(memory.fd).startswith("mem")


def test_who_has_not_run_is_not_asked_again_and_his_table_stays_the_same(
    uses: Uses, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = watched()
    first = uses.tables({HERE: one})
    monkeypatch.setattr(uses.files, "read", lambda _: pytest.fail("it was asked again"))
    assert uses.tables({HERE: one})[HERE] is first[HERE]


def test_a_number_means_one_file_for_as_long_as_the_process_lives(uses: Uses) -> None:
    with mmap.mmap(-1, mmap.PAGESIZE):
        before = uses.tables({HERE: watched()})[HERE]
    with mmap.mmap(-1, 2 * mmap.PAGESIZE), mmap.mmap(-1, mmap.PAGESIZE):
        after = uses.tables({HERE: watched()})[HERE]
    both = {fd for fd in before.keys() & after.keys() if fd >= FIRST_MAPPED and fd < 0}
    assert both
    assert all((before[fd].target, before[fd].object) == (after[fd].target, after[fd].object) for fd in both)
    assert len({row.fd for row in after.values()}) == len(after)


def test_threads_of_the_kernel_and_threads_with_a_table_have_none(uses: Uses) -> None:
    for one in (watched(process(HERE.pid, kernel_thread=True)), watched(process(HERE.pid, thread_of=1))):
        assert uses.tables({HERE: one})[HERE] is one.table


def test_who_does_not_answer_is_counted(uses: Uses, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_: int) -> tuple[UsedFile, ...]:
        raise NoAnswerError

    monkeypatch.setattr(uses.files, "read", silent)
    one = watched()
    assert uses.tables({HERE: one})[HERE] == one.table
    assert len(uses.notes) == 1
    monkeypatch.undo()
    uses.tables({HERE: watched()})
    assert uses.notes == ()
