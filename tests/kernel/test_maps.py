"""Mappings in /proc/PID/maps."""

import mmap
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.maps import Mapping, parse_maps

TEXT = (
    rb"""55d0c4467000-55d0c4468000 r-xp 00001000 fe:00 26723                      /usr/bin/python3.11
55d0c5000000-55d0c5021000 rw-p 00000000 00:00 0                          [heap]
7f02fec00000-7f02fec01000 rw-s 00002000 00:01 18                         /SYSV00000000 (deleted)
7f02fec02000-7f02fec03000 rw-p 00000000 00:00 0
7f02fec04000-7f02fec05000 rw-s 00000000 08:fffff 257                     /srv/two  blanks and\012a line """
    b"\xff\n"
)


def test_every_mapping_is_there_with_its_file_and_what_it_may() -> None:
    program, heap, segment, nameless, odd = parse_maps(TEXT)
    assert program == Mapping(
        0x55D0C4467000, 0x55D0C4468000, "r-xp", 0x1000, 254 << 20, 26723, b"/usr/bin/python3.11", deleted=False
    )
    assert (heap.name, heap.ino, heap.dev) == (b"[heap]", 0, 0)
    assert (segment.name, segment.deleted, segment.offset, segment.dev) == (b"/SYSV00000000", True, 0x2000, 1)
    assert (nameless.name, nameless.ino) == (b"", 0)
    assert (odd.name, odd.dev) == (b"/srv/two  blanks and\na line \xff", 8 << 20 | 0xFFFFF)


def test_only_a_shared_mapping_is_shared() -> None:
    assert [mapping.shared for mapping in parse_maps(TEXT)] == [False, False, True, False, True]


def test_damaged_lines_are_skipped() -> None:
    assert parse_maps(b"\nx\n1-2 r--p 0 0:z 3 /a\n1 r--p 0 0:0 3\n" + TEXT.split(b"\n", 1)[0])[0].ino == 26723


@given(st.binary())
def test_any_bytes_are_taken(data: bytes) -> None:
    assert isinstance(parse_maps(data), list)


def test_a_file_that_this_process_maps_is_found_at_its_address(tmp_path: Path) -> None:
    path = tmp_path / "mapped (deleted)"
    path.write_bytes(b"x" * 3 * mmap.PAGESIZE)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), mmap.PAGESIZE, offset=mmap.PAGESIZE):
        found = [one for one in parse_maps(Path("/proc/self/maps").read_bytes()) if one.ino == path.stat().st_ino]
    assert [(one.shared, one.offset, one.end - one.start) for one in found] == [(True, mmap.PAGESIZE, mmap.PAGESIZE)]
    assert os.fsencode(path).startswith(found[0].name)
