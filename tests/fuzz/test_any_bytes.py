"""Any bytes, and bytes that nearly make sense: each parser answers, or fails in the one way that it names."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sockscope.frames.codec import encode
from sockscope.frames.messages import Frame, Inspect, Pace
from tests.fuzz.targets import TARGETS

SEEDS = [
    b"pos:\t0\nflags:\t02\nmnt_id:\t15\nino:\t1038\ntfd:        5 events: 80000019 data: 5 pos:0 ino:3 sdev:9\n",
    b"inotify wd:1 ino:9e7e sdev:800013 mask:800afce ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:7e9e\n",
    b"1 (a) R 1 1 1 34816 1 4194560 " + b"0 " * 40,
    b"Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nNSpid:\t1\nThreads:\t1\nSigBlk:\tffff\nCapEff:\t0\n",
    b"Name:\tx\nState:\tD (disk sleep)\nvoluntary_ctxt_switches:\t" + b"9" * 5000 + b"\n",
    b"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
    b"socket:[123]", b"anon_inode:[eventpoll]", b"/tmp/x (deleted)", b"net:[4026531840]",
    b"232 0xc 0x7ffc 0x200 0xffffffff 0x0 0x0 0x7ffc 0x7f00\n", b"0::/user.slice\n",
    (
        b"  sl  local_address rem_address   st\n"
        b"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
        b"     0        0 12345 1 0000000000000000 100 0 0 10 0\n"
    ),
    b"Num       RefCount Protocol Flags    Type St Inode Path\n0000: 00000002 00000000 00010000 0001 01 5 /run/x\n",
    b"\x14\x00\x00\x00\x03\x00\x02\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    encode(Frame(1, True, 0.0)), encode(Frame(1, True, 0.0))[4:], encode(Inspect(1, 2, 3)), encode(Pace(1.0))[4:],
    b'theme = "light"\ninterval = 2\ncolumns = ["fd"]\n[keys]\napp.back = "x"\n', b"keys = { a.b = 1 }",
    b'{"schema":"sockscope/1","host":"","kernel":"","time":1,"processes":[],"descriptors":[],"sockets":[]}',
    b"kind:socket and (pid:1 or not user:root)", b'path~"a.*b" port:1-2', b"((((", b"\\x", b"/(a+)+$/",
]  # fmt: skip


def mutated(seed: bytes) -> st.SearchStrategy[bytes]:
    """Bytes near a text that makes sense: a piece cut out and another one put in."""
    places = st.integers(0, len(seed))
    return st.builds(
        lambda start, end, filling: seed[: min(start, end)] + filling + seed[max(start, end) :],
        places, places, st.binary(max_size=24),
    )  # fmt: skip


ANY = st.one_of(st.binary(max_size=512), st.sampled_from(SEEDS).flatmap(mutated))


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=ANY)
def test_any_bytes_are_parsed_or_refused(name: str, data: bytes) -> None:
    assert "\n" not in _said(name, data)


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed[:12].hex())
def test_what_nearly_makes_sense_is_parsed_or_refused(name: str, seed: bytes) -> None:
    for cut in {0, 1, len(seed) // 2, len(seed) - 1, len(seed)}:
        assert "\n" not in _said(name, seed[:cut])


def _said(name: str, data: bytes) -> str:
    """Parse bytes; return why they were refused, "" when they were not. A refusal without a reason fails here."""
    parse, refusals = TARGETS[name]
    try:
        parse(data)
    except refusals as refusal:
        return str(refusal) or "refused without a reason\n"
    return ""
