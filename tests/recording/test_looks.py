"""A recording gives back each look as it was: whole frames, differences, and from the middle as from the beginning."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sockscope.frames.messages import Frame
from sockscope.model.coverage import Coverage
from sockscope.recording import writer as writer_room
from sockscope.recording.layout import RecordingError
from sockscope.recording.moments import MomentError, check_moment, find_look, shown
from sockscope.recording.reader import open_recording
from sockscope.report.encoding import to_json
from sockscope.report.selection import Selection
from sockscope.report.snapshot import snapshot_document
from sockscope.world.world import World
from tests.recording.writing import HELLO, record, story, writing
from tests.world.build import NOW, frame, process, waiting
from tests.world.test_increments import answers, frames


def said(world: World) -> bytes:
    return to_json(snapshot_document(world, Selection(kernel_threads=True)))


@settings(max_examples=60, deadline=None)
@given(st.lists(frames(), min_size=1, max_size=7), st.integers(1, 4))
def test_at_every_look_a_recording_says_what_the_live_world_said(sequence: list[Frame], looks: int) -> None:
    sequence = [replace(one, seq=n + 1, time=NOW + n, full=one.full or n == 0) for n, one in enumerate(sequence)]
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer_room, "LOOKS", looks)
        path = Path(place, "x.scope")
        record(path, sequence)
        live = World()
        live.greet(HELLO)
        with open_recording(str(path)) as recording:
            assert len(recording.looks) == len(sequence)
            for number, one in enumerate(sequence):
                live.apply(one)
                there = recording.world_at(number)
                assert said(there) == said(live)
                assert answers(there) == answers(live)
            assert recording.whole


def test_processor_time_of_a_look_is_known_right_behind_the_beginning_of_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_room, "LOOKS", 2)
    looks = [
        frame(process(1), full=not n, seq=n + 1, time=NOW + n, waits=(waiting(1, run_ns=10**9 + n * 10**8),))
        for n in range(5)
    ]
    record(tmp_path / "x", looks)
    with open_recording(str(tmp_path / "x")) as recording:
        assert [look.block for look in recording.looks] == [0, 0, 1, 1, 2]
        for number in range(1, 5):
            assert list(recording.world_at(number).cpu.values()) == [pytest.approx(0.1)]


def test_a_restarted_collector_is_a_block_of_its_own_and_a_difference_to_what_was(tmp_path: Path) -> None:
    with writing(tmp_path / "x") as writer:
        writer.take(frame(process(1), process(2), seq=5), 1.0)
        writer.greet(HELLO)
        writer.take(frame(process(2), seq=1), 2.0)
        writer.end_block()
    with open_recording(str(tmp_path / "x")) as recording:
        assert [look.block for look in recording.looks] == [0, 1]
        assert [key.pid for key in recording.world_at(1).processes] == [2]
        assert [key.pid for key in recording.world_at(0).processes] == [1, 2]


def test_what_is_still_read_for_a_first_picture_is_no_look(tmp_path: Path) -> None:
    waits = Coverage(waiting_processes=3)
    record(tmp_path / "x", [frame(process(1), preview=True), frame(process(1), coverage=waits), frame(process(1))])
    with open_recording(str(tmp_path / "x")) as recording:
        assert len(recording.looks) == 1


def test_a_block_ends_where_its_looks_have_come_to_as_much_as_its_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_room, "LEAST", 0)
    many = frame(*(process(pid, cmdline=(f"{pid * 7919}",)) for pid in range(1, 400)))
    record(tmp_path / "x", [many, *(frame(process(1, fd_count=n), full=False, time=NOW + n) for n in range(1, 400))])
    with open_recording(str(tmp_path / "x")) as recording:
        assert len(recording.blocks) > 3
        for block in recording.blocks[1:-1]:
            picture, looks = block.rows[0].offset, block.rows[-1].offset - block.rows[0].offset
            assert picture * 0.7 < looks <= picture * 1.1
        first = recording.blocks[0].rows
        assert first[2].offset - first[1].offset < first[1].offset - first[0].offset, "the first look is a picture"
        assert len(first) > 5


def test_counters_of_a_look_are_known_without_reading_it(tmp_path: Path) -> None:
    record(tmp_path / "x", [replace(one, coverage=Coverage(2, 0, 7, 0, 5)) for one in story(3)])
    with open_recording(str(tmp_path / "x")) as recording:
        head = recording.looks[2].head
        assert (head.processes, head.descriptors, head.sockets) == (2, 7, 5)
        assert [look.head.changes for look in recording.looks] == [0, 2, 2]


def test_a_file_that_is_no_recording_and_one_of_another_version_are_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\x7fELF")
    with pytest.raises(RecordingError, match="no recording"):
        open_recording(str(tmp_path / "x"))
    with pytest.raises(RecordingError, match="no recording"):
        open_recording("/dev/null")
    record(tmp_path / "y", story(1))
    data = bytearray((tmp_path / "y").read_bytes())
    data[21] = 9
    import zlib

    data[28:32] = zlib.crc32(bytes(data[:28])).to_bytes(4, "big")
    (tmp_path / "y").write_bytes(data)
    with pytest.raises(RecordingError, match="has version 9, this sockscope reads version 1"):
        open_recording(str(tmp_path / "y"))


# Moments


@pytest.fixture
def ten_looks(tmp_path: Path) -> str:
    record(tmp_path / "x", story(10))
    return str(tmp_path / "x")


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 9), ("-1s", 8), ("-10s", 7), ("-45s", 0), ("+0s", 0), ("+12s", 2), ("+9d", 9)],
)
def test_a_span_is_counted_from_the_last_look_or_the_first(ten_looks: str, text: str, number: int) -> None:
    with open_recording(ten_looks) as recording:
        assert find_look(recording, text) == number


def test_a_time_means_the_last_look_by_then(ten_looks: str) -> None:
    with open_recording(ten_looks) as recording:
        date = shown(NOW + 12)
        assert find_look(recording, date) == 2
        assert find_look(recording, date.replace(" ", "T")) == 2
        assert find_look(recording, date.partition(" ")[2]) == 2
        assert find_look(recording, "9999-12-31") == 9


@pytest.mark.parametrize("text", ["-46s", "1999-12-31T23:59:59", "-99999d"])
def test_a_moment_before_the_recording_is_said_to_be_that(ten_looks: str, text: str) -> None:
    with open_recording(ten_looks) as recording, pytest.raises(MomentError, match="is before this recording, which is"):
        find_look(recording, text)


@pytest.mark.parametrize(
    "text", ["x", "25:00", "12:60", "-m", "10m", "\x1b[2J", "2026-13-01", "-1y", "0001-01-01", "١٢:٠٠"]
)
def test_what_is_no_moment_is_named_in_one_line(text: str) -> None:
    with pytest.raises(MomentError, match="is no moment; these are: -10m") as caught:
        check_moment(text)
    assert str(caught.value).isprintable()


def test_a_clock_that_was_set_back_moves_no_look(tmp_path: Path) -> None:
    times = [NOW, NOW + 5, NOW - 3600, NOW - 3595]
    looks = [frame(process(1, fd_count=n), full=not n, seq=n + 1, time=time) for n, time in enumerate(times)]
    record(tmp_path / "x", looks)
    with open_recording(str(tmp_path / "x")) as recording:
        assert recording.passed == [0, 5, 10, 15]
        assert find_look(recording, "-10s") == 1
        assert find_look(recording, shown(NOW + 5)) == 3
        assert [recording.world_at(n).time for n in range(4)] == times


def test_after_a_reboot_the_clock_of_the_day_says_what_has_passed(tmp_path: Path) -> None:
    with writing(tmp_path / "x") as writer:
        writer.take(frame(process(1), time=NOW), 90_000.0)
        writer.greet(HELLO)
        writer.take(frame(process(1), time=NOW + 60), 20.0)
        writer.take(frame(process(1), full=False, time=NOW + 65), 25.0)
        writer.end_block()
    with open_recording(str(tmp_path / "x")) as recording:
        assert recording.passed == [0, 60, 65]


@settings(max_examples=30, deadline=None)
@given(st.lists(frames(), min_size=2, max_size=7), st.integers(1, 4), st.data())
def test_some_looks_are_played_as_the_live_world_went_through_them(
    sequence: list[Frame], looks: int, data: st.DataObject
) -> None:
    sequence = [replace(one, seq=n + 1, time=NOW + n, full=one.full or n == 0) for n, one in enumerate(sequence)]
    first = data.draw(st.integers(0, len(sequence) - 1))
    last = data.draw(st.integers(first, len(sequence) - 1))
    live = World()
    live.greet(HELLO)
    wanted = []
    for one in sequence:
        live.apply(one)
        wanted.append(said(live))
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer_room, "LOOKS", looks)
        record(Path(place, "x"), sequence)
        world, got = World(), []
        with open_recording(str(Path(place, "x"))) as recording:
            for message in recording.play(first, last):
                if isinstance(message, Frame):
                    world.apply(message)
                    got.append(said(world))
                else:
                    world.greet(message)
    assert got[-(last - first + 1) :] == wanted[first : last + 1]
    assert len(got) == last - first + 1 + (first > 0)
