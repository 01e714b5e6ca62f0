"""`cut`: a part of a recording says at each look what the whole says there."""

from pathlib import Path

import pytest

from sockscope.recording import writer as writer_room
from sockscope.recording.cutting import cut
from sockscope.recording.reader import open_recording
from sockscope.recording.writer import Writer
from tests.live.commandline import sockscope
from tests.recording.test_looks import said
from tests.recording.writing import record, story


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve looks five seconds apart, in blocks of three."""
    monkeypatch.setattr(writer_room, "LOOKS", 3)
    record(tmp_path / "x", story(12))
    return tmp_path / "x"


def pictures(path: Path) -> list[str]:
    with open_recording(str(path)) as recording:
        assert recording.whole
        return [said(recording.world_at(number)) for number in range(len(recording.looks))]


def test_each_look_of_a_part_is_that_of_the_whole(path: Path, tmp_path: Path) -> None:
    done = sockscope("cut", path, "--from", "+20s", "--to", "-10s", "-o", tmp_path / "part")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"6 looks in {tmp_path}/part (")
    assert pictures(tmp_path / "part") == pictures(path)[4:10]
    with open_recording(str(path)) as whole, open_recording(str(tmp_path / "part")) as part:
        assert [one.head.elapsed for one in part.looks] == [one.head.elapsed for one in whole.looks[4:10]]
    assert (tmp_path / "part").stat().st_mode & 0o777 == 0o600


def test_without_moments_a_part_is_all_of_it(path: Path, tmp_path: Path) -> None:
    assert sockscope("cut", path, "-o", tmp_path / "part").status == 0
    assert pictures(tmp_path / "part") == pictures(path)


def test_what_is_damaged_is_left_out_and_what_follows_is_right(path: Path, tmp_path: Path) -> None:
    wanted = pictures(path)
    with open_recording(str(path)) as recording:
        block = recording.blocks[1]
        at = block.start + block.rows[1].offset + 30
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    with (tmp_path / "part").open("w+b") as file, open_recording(str(path)) as recording:
        cut(recording, 0, 11, Writer(file.fileno()))
    assert pictures(tmp_path / "part") == [*wanted[:4], *wanted[6:]]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["cut", "{whole}"], 2, "-o says where the smaller recording goes"),
        (["cut", "{whole}", "-o", "{whole}"], 3, "exists already; nothing was written"),
        (["cut", "{whole}", "--from", "-5s", "--to", "-20s", "-o", "{part}"], 2, "--to is before --from"),
        (["cut", "/nowhere.scope", "-o", "{part}"], 1, "/nowhere.scope cannot be opened"),
        (["cut", "{whole}", "-o", "/nowhere/part"], 3, "/nowhere/part cannot be written"),
        (["cut", "{whole}", "--from", "noon", "-o", "{part}"], 2, "--from: 'noon' is no moment"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(
    path: Path, tmp_path: Path, words: list[str], status: int, said: str
) -> None:
    before = path.read_bytes()
    done = sockscope(*[word.format(whole=path, part=tmp_path / "part") for word in words])
    assert (done.status, done.out) == (status, "")
    assert said in done.err
    assert done.err.count("\n") == 1
    assert path.read_bytes() == before
