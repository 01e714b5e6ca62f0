"""A damaged recording opens as far as it is whole, and says in one line what is not."""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import msgpack
from msgspec.structs import replace

from sockscope.frames.codec import encode
from sockscope.frames.messages import Frame, Message
from sockscope.recording import writer as writer_room
from sockscope.recording.layout import (
    BEGIN,
    HEADER,
    INDEX,
    LOOK,
    BeginHead,
    LookHead,
    RecordingError,
    pack_headed,
    pack_header,
    pack_piece,
    pack_tail,
)
from sockscope.recording.packing import Packer
from sockscope.recording.reader import Recording, open_recording
from sockscope.recording.writer import Room
from sockscope.world.world import World
from tests.recording.writing import HELLO, record, story, writing
from tests.world.build import frame, inet, process


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Twelve looks in blocks of three."""
    path = tmp_path_factory.mktemp("recording") / "x"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer_room, "LOOKS", 3)
        record(path, story(12))
    return path.read_bytes()


def readable(path: Path) -> list[float]:
    """When the looks were that can be read; what cannot be is said in one clear line."""
    with open_recording(str(path)) as recording:
        return [time for number in range(len(recording.blocks)) for time in times(recording, number)]


def times(recording: Recording, number: int) -> Iterator[float]:
    """When the looks of a block were, as far as it can be read: its head says the same as its frame."""
    heads = [look.head for look in recording.looks if look.block == number]
    block, complaint = recording.open_block(number), ""
    try:
        block.begin()
        for head in heads:
            frame = block.next()
            assert frame.time == head.wall
            yield frame.time
    except RecordingError as error:
        complaint = str(error)
    assert complaint.isprintable()


def complaint(path: Path) -> str:
    try:
        readable(path)
    except RecordingError as error:
        return str(error)
    return ""


def test_any_length_is_opened_up_to_the_last_whole_look(small: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(small)
    everything = readable(path)
    assert len(everything) == 12
    before = 0
    for length in range(len(small)):
        path.write_bytes(small[:length])
        if complaint(path):
            assert before == 0
            continue
        found = readable(path)
        assert found == everything[: len(found)]
        assert len(found) >= before
        before = len(found)
    assert before == 12, "the index entry alone is missing"


def test_any_byte_changed_costs_at_most_one_block(small: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(small)
    everything = readable(path)
    for at in range(len(small)):
        damaged = bytearray(small)
        damaged[at] ^= 0x41
        path.write_bytes(damaged)
        if at < HEADER:
            assert complaint(path)
            continue
        found = readable(path)
        assert set(found) <= set(everything)
        assert len(found) >= 9, at


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_anything_at_all_is_opened_or_refused_in_one_line(
    small: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    junk = st.binary(max_size=60)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(small)), min_size=2, max_size=2)))
    made = small[: cuts[0]] + data.draw(junk) + small[cuts[1] :] + data.draw(st.one_of(junk, st.just(small)))
    path = tmp_path_factory.getbasetemp() / "anything"
    path.write_bytes(made)
    assert complaint(path).isprintable()


@pytest.mark.parametrize("where", [1 << 63, (1 << 64) - 1, 1 << 40, 0])
def test_a_tail_that_names_no_place_in_the_file_is_none(small: bytes, tmp_path: Path, where: int) -> None:
    (tmp_path / "x").write_bytes(small + pack_tail(where))
    assert len(readable(tmp_path / "x")) == 12


def test_damage_is_known_of(small: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    for made, whole in [(small, True), (small[:-3], False), (small + b"x", False)]:
        path.write_bytes(made)
        with open_recording(str(path)) as recording:
            assert recording.whole is whole


def test_behind_looks_that_are_missing_what_follows_is_right_again(small: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(small)
    with open_recording(str(path)) as recording:
        block = recording.blocks[1]
        last = block.start + block.rows[-1].offset
        wanted = recording.world_at(11)
    # The index entry goes with the look that it tells of.
    path.write_bytes(small[:last] + bytes(block.end - last) + small[block.end :])
    world = World()
    with open_recording(str(path)) as recording:
        assert len(recording.looks) == 11
        for message in recording.play(0, 10):
            if isinstance(message, Frame):
                world.apply(message)
    assert world.tables == wanted.tables


# Files that somebody has made with care: every check sum is right


def crafted(path: Path, *messages: Message, raw: int | None = None, packed: bytes | None = None) -> Path:
    """One block of one look."""
    *first, last = map(encode, messages)
    packer = Packer()
    begin = b"".join(first)
    data = pack_header() + pack_piece(BEGIN, pack_headed(msgpack.encode(BeginHead(len(begin))), packer.pack(begin)))
    head = LookHead(5.0, 5.0, len(last) if raw is None else raw)
    body = packer.pack(last) if packed is None else packed
    path.write_bytes(data + pack_piece(LOOK, pack_headed(msgpack.encode(head), body)))
    return path


def test_text_that_would_steer_a_terminal_is_made_visible(tmp_path: Path) -> None:
    evil = "\x1b]0;x\x07\u202e"
    crafted(
        tmp_path / "x",
        replace(HELLO, host=evil),
        frame(process(1, comm=evil, cmdline=("ok", evil)), time=5.0, namespaces=()),
    )
    with open_recording(str(tmp_path / "x")) as recording:
        world = recording.world_at(0)
    (one,) = world.processes.values()
    for text in (world.hello.host if world.hello else "", one.comm, *one.cmdline):
        assert text.isprintable()
        assert text in {"ok", "\\x1b]0;x\\x07\\u202e"}


@pytest.mark.parametrize(
    "message",
    [
        frame(process(1), time=float("nan")),
        frame(process(1), time=1e300),
        frame(replace(inet(1, "127.0.0.1:80"), local=replace(inet(1, "127.0.0.1:80").local, host=b"xyz"))),
        HELLO,
    ],
    ids=["no time", "no year", "no address", "no frame"],
)
def test_a_look_that_no_machine_has_is_refused(tmp_path: Path, message: Message) -> None:
    crafted(tmp_path / "x", HELLO, message)
    with open_recording(str(tmp_path / "x")) as recording, pytest.raises(RecordingError):
        recording.world_at(0)


@pytest.mark.parametrize("hello", [replace(HELLO, ticks=0), replace(HELLO, boot_time=float("inf"))])
def test_a_greeting_that_makes_no_sense_is_refused(tmp_path: Path, hello: Message) -> None:
    crafted(tmp_path / "x", hello, frame(process(1)))
    with open_recording(str(tmp_path / "x")) as recording, pytest.raises(RecordingError):
        recording.world_at(0)


def test_a_look_that_swells_is_taken_no_further_than_it_said(tmp_path: Path) -> None:
    bomb = Packer().pack(bytes(200 << 20))
    assert len(bomb) < 1 << 20
    crafted(tmp_path / "x", HELLO, frame(process(1)), packed=bomb, raw=100)
    with open_recording(str(tmp_path / "x")) as recording, pytest.raises(RecordingError):
        recording.world_at(0)
    crafted(tmp_path / "y", HELLO, frame(process(1)), raw=1 << 40)
    with open_recording(str(tmp_path / "y")) as recording, pytest.raises(RecordingError, match="announced"):
        recording.world_at(0)


def test_marks_that_lead_nowhere_do_not_make_the_search_quadratic(tmp_path: Path) -> None:
    # Each claims all that follows: what is read in vain is counted, and the search is given up.
    head = INDEX + (1 << 20).to_bytes(4, "big") + bytes(4)
    (tmp_path / "x").write_bytes(pack_header() + head * 100_000 + b"x" * (1 << 20))
    read = 0

    def counted(*arguments: int) -> bytes:
        nonlocal read
        data = pread(*arguments)
        read += len(data)
        return data

    pread = os.pread
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "pread", counted)
        with pytest.raises(RecordingError, match="no look"):
            open_recording(str(tmp_path / "x"))
    assert read < 40 * os.path.getsize(tmp_path / "x")


def test_an_index_entry_is_believed_only_where_it_fits(small: bytes, tmp_path: Path) -> None:
    """One whose check sum is right and that leads into another block."""
    path = tmp_path / "x"
    path.write_bytes(small)
    with open_recording(str(path)) as recording:
        first, second = recording.blocks[:2]
    entry = small[first.start : first.end]
    path.write_bytes(small + entry)
    assert len(readable(path)) in {12, 15}
    assert second.start == first.end


# Room


def test_the_oldest_blocks_are_given_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_room, "LOOKS", 3)
    path = tmp_path / "x"
    record(path, story(30), Room(seconds=40.0))
    with open_recording(str(path)) as recording:
        assert recording.whole
        walls = [look.head.wall for look in recording.looks]
    kept = [one.time for one in story(30)]
    assert walls == kept[-len(walls) :]
    assert 9 <= len(walls) <= 12, "a block goes when its last look is too old"


def test_a_size_is_kept_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_room, "LOOKS", 3)
    path = tmp_path / "x"
    with writing(path, Room(bytes=6000)) as writer:
        for number, one in enumerate(story(60)):
            writer.take(one, float(number))
            assert writer.size < 6000 + 1200
        assert not writer.full
        writer.end_block()
    assert os.path.getsize(path) > 8000
    with open_recording(str(path)) as recording:
        assert 3 < len(recording.looks) < 60
        assert recording.looks[-1].head.wall == story(60)[-1].time
        assert recording.world_at(0).time == recording.looks[0].head.wall


def test_where_nothing_can_be_given_back_the_writer_says_that_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_room, "LOOKS", 3)
    monkeypatch.setattr(writer_room, "free", lambda *_: False)
    with writing(tmp_path / "x", Room(bytes=3000)) as writer:
        for number, one in enumerate(story(30)):
            writer.take(one, float(number))
            if writer.full:
                break
        assert writer.full
        writer.end_block()
    assert len(readable(tmp_path / "x")) == writer.looks


def test_zeros_in_place_of_a_hole_are_passed_over(small: bytes, tmp_path: Path) -> None:
    """So a copy looks that knows no holes."""
    path = tmp_path / "x"
    path.write_bytes(small)
    with open_recording(str(path)) as recording:
        end = recording.blocks[1].end
    path.write_bytes(small[:HEADER] + bytes(end - HEADER) + small[end:])
    assert len(readable(path)) == 6
    with open_recording(str(path)) as recording:
        assert recording.whole


def test_check_sums_are_of_what_is_written(small: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(small)
    with open_recording(str(tmp_path / "x")) as recording:
        for block in recording.blocks:
            entry = block._entry
            assert entry is not None
            assert entry.sum == zlib.crc32(small[entry.start : entry.start + entry.length])


def test_a_recording_that_is_open_has_what_was_there_when_it_was_opened(small: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(small)
    with open_recording(str(path)) as recording:
        os.truncate(path, len(small) // 2)
        recording.world_at(0)
        with pytest.raises(RecordingError):
            recording.world_at(11)
    assert isinstance(recording, Recording)
    assert all(isinstance(one, Frame) for one in story(2))
