"""fdinfo: what every descriptor has, and that no text of the kernel's or anyone's breaks the reading of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.fdinfo import decode, decode_kind, kind_by_keys, parse_fdinfo
from sockscope.kernel.links import parse_link
from sockscope.kinds.registry import NAMES as KINDS
from tests.kernel import recorded
from tests.kernel.recorded import ALL


def test_what_every_descriptor_has_is_split_from_the_rest() -> None:
    info = parse_fdinfo(recorded.EVENTFD[1])
    assert (info.pos, info.flags, info.mnt_id, info.ino, info.locks) == (0, 0o2004002, 17, 1038, [])
    assert info.lines == [
        (b"eventfd-count", b"1f"),
        (b"eventfd-id", b"1"),
        (b"eventfd-semaphore", b"0"),
    ]


def test_what_an_old_kernel_does_not_say_is_unknown() -> None:
    info = parse_fdinfo(b"pos:\t7\nflags:\t02\n")
    assert (info.pos, info.flags, info.mnt_id, info.ino) == (7, 2, -1, 0)
    assert parse_fdinfo(b"")[:5] == (-1, -1, -1, 0, [])


def test_a_position_may_be_negative() -> None:
    assert parse_fdinfo(b"pos:\t-1\n").pos == -1


def test_a_name_with_a_newline_cannot_replace_what_the_kernel_wrote_before_it() -> None:
    raw = b"pos:\t0\nflags:\t02\nmnt_id:\t4\nino:\t9\nname:\tx\nino:\t1\nflags:\t01\npos:\t5\n"
    assert parse_fdinfo(raw)[:4] == (0, 2, 4, 9)


def test_flags_position_and_mount_are_decoded_for_every_kind() -> None:
    assert decode("file", recorded.FILE_DIRECT[1]).keys() == {"pos", "flags", "mnt_id", "ino", "locks"}
    assert decode("file", recorded.PATH_ONLY[1])["flags"][-2:] == ["O_CLOEXEC", "O_PATH"]


def test_locks_are_decoded_with_their_range_and_owner() -> None:
    dev = "254:0"
    assert decode("file", recorded.FILE_POSIX[1])["locks"] == [
        {"type": "POSIX", "strictness": "ADVISORY", "mode": "WRITE", "pid": 5112, "dev": dev, "ino": 2171543,
         "start": 5, "end": 14},
        {"type": "POSIX", "strictness": "ADVISORY", "mode": "READ", "pid": 5112, "dev": dev, "ino": 2171543,
         "start": 100, "end": None},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind", "mode", "pid"),
    [
        ("FILE_FLOCK", "FLOCK", "WRITE", 5112),
        ("FILE_OFD", "OFDLCK", "READ", -1),
        ("FILE_LEASE", "LEASE", "WRITE", 5112),
    ],
)
def test_every_kind_of_lock_is_known(name: str, kind: str, mode: str, pid: int) -> None:
    (lock,) = decode("file", ALL[name][1])["locks"]
    assert (lock["type"], lock["mode"], lock["pid"]) == (kind, mode, pid)


def test_a_lock_of_another_shape_is_shown_as_it_is() -> None:
    assert decode("file", b"lock:\t1: NEW \x1b kind\n")["locks"] == [{"text": r"1: NEW \x1b kind"}]


def test_a_master_and_a_tun_device_are_known_by_their_keys_under_any_path() -> None:
    assert kind_by_keys(parse_fdinfo(recorded.MASTER[1]).lines) == "pty-master"
    assert kind_by_keys(parse_fdinfo(recorded.TUN[1]).lines) == "char-device"
    assert kind_by_keys(parse_fdinfo(recorded.FILE_FLOCK[1]).lines) == ""


@pytest.mark.parametrize("name", sorted(ALL))
def test_everything_recorded_decodes_to_what_the_stream_can_carry(name: str) -> None:
    link, raw = ALL[name]
    fields = decode(parse_link(link).kind, raw)
    assert _is_plain(fields)
    assert json.loads(json.dumps(fields)) == fields


KEYS = [line.split(b":")[0] for _, raw in ALL.values() for line in raw.split(b"\n") if line]
LINES = st.builds(lambda key, value: key + b":" + value, st.sampled_from(KEYS), st.binary(max_size=40))
DAMAGED = st.sampled_from([raw for _, raw in ALL.values()]).flatmap(
    lambda raw: st.builds(
        lambda cut, junk, skip: raw[:cut] + junk + raw[cut + skip :],
        st.integers(0, len(raw)),
        st.binary(max_size=20),
        st.integers(0, 30),
    )
)


@given(st.sampled_from(KINDS), st.binary() | DAMAGED | st.lists(LINES).map(b"\n".join))
def test_any_bytes_decode_as_any_kind(kind: str, raw: bytes) -> None:
    assert _is_plain(decode(kind, raw))


@given(st.sampled_from(KINDS), st.integers(min_value=0))
def test_numbers_of_any_size_decode_to_what_the_stream_can_carry(kind: str, number: int) -> None:
    digits = str(number).encode()
    raw = b"".join(b"%s:\t%s\n" % (key, digits) for key in KEYS)
    raw += b"tfd: %s events: %x data: %x pos:%s ino:%x sdev:%x\n" % (digits, number, number, digits, number, number)
    raw += b"inotify wd:%x ino:%x sdev:%x mask:%x\n" % ((number,) * 4)
    assert _is_plain(decode_kind(kind, raw_info := parse_fdinfo(raw)))
    assert raw_info.lines


def _is_plain(value: object) -> bool:
    match value:
        case dict():
            return all(isinstance(key, str) and key.isprintable() and _is_plain(entry) for key, entry in value.items())
        case list():
            return all(map(_is_plain, value))
        case bool() | None:
            return True
        case int():
            return -(1 << 63) <= value < 1 << 64
        case str():
            return value.isprintable()
    return False
