"""A process in its stat, status, cmdline and cgroup files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.process import (
    ProcessStat,
    parse_cgroup,
    parse_cmdline,
    parse_process_of,
    parse_stat,
    parse_status,
    signal_names,
)

STAT = (
    b"5112 (python3) R 5108 5107 2959 34816 5107 4194560 3900 7136 19 4 3 3 3 2 20 0 2 0 86043 19767296 3863 "
    b"18446744073709551615 94781342093312 94781342093653 140733760807504 0 0 0 0 16781312 2 0 0 0 17 1 0 0 0 0 0 "
    b"94781342105008 94781342105624 94782413643776 140733760813106 140733760813153 140733760813153 140733760815055 0\n"
)
KTHREADD = (
    b"2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 4 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 "
    b"0 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
)
STATUS = (
    b"Name:\tpython3\nUmask:\t0022\nState:\tR "
    b"(running)\nTgid:\t5112\nNgid:\t0\nPid:\t5112\nPPid:\t5108\nTracerPid:\t0\n"
    b"Uid:\t1000\t33\t33\t33\nGid:\t1000\t34\t34\t34\nFDSize:\t256\nGroups:\t \nNStgid:\t5112\t7\nNSpid:\t5112\t7\n"
    b"NSpgid:\t5108\t1\nNSsid:\t2959\t0\nKthread:\t0\nThreads:\t2\nSigQ:\t0/96365\nSigPnd:\t0000000000000000\n"
    b"ShdPnd:\t0000000000000000\nSigBlk:\t0000000000010000\nSigIgn:\t0000000001001000\nSigCgt:\t0000000180000002\n"
    b"CapInh:\t0000000000000000\nCapPrm:\t000001fffeffffff\nCapEff:\t000001fffeffffff\n"
)


def test_stat_names_the_terminal_and_the_foreground_group() -> None:
    assert parse_stat(STAT) == ProcessStat(
        pid=5112,
        comm=b"python3",
        state="R",
        ppid=5108,
        pgid=5107,
        sid=2959,
        tty_nr=34816,
        tpgid=5107,
        flags=4194560,
        start=86043,
        threads=2,
    )


@pytest.mark.parametrize("name", [b"a) R 1 (b", b") S 1 1 1 1 1", b"(((", b"\xff\n\x1b[0m", b"", b"x y"])
def test_a_name_that_looks_like_the_rest_of_the_line_is_still_the_name(name: bytes) -> None:
    stat = parse_stat(STAT.replace(b"python3", name))
    assert (stat.comm, stat.state, stat.ppid, stat.start) == (name, "R", 5108, 86043)


def test_kernel_threads_are_told_by_their_flag() -> None:
    assert parse_stat(KTHREADD).is_kernel_thread
    assert not parse_stat(STAT).is_kernel_thread


@pytest.mark.parametrize("data", [b"", b"5112", b"5112 (x", b"5112 (x) R 1", STAT[:80], STAT.replace(b"86043", b"?")])
def test_what_is_no_whole_stat_file_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_stat(data)


def test_status_gives_effective_ids_pids_in_each_namespace_and_signal_masks() -> None:
    status = parse_status(STATUS)
    assert (status.uid, status.gid) == (33, 34)
    assert status.nspid == [5112, 7]
    assert status.threads == 2
    assert signal_names(status.sigblk) == ["SIGCHLD"]
    assert signal_names(status.sigign) == ["SIGPIPE", "SIGXFSZ"]
    assert signal_names(status.sigcgt) == ["SIGINT", "SIG32", "SIG33"]
    assert status.cap_eff == 0x1FFFEFFFFFF


def test_a_status_without_a_field_says_that_it_is_unknown() -> None:
    status = parse_status(b"Name:\tx\n")
    assert (status.uid, status.gid, status.nspid, status.threads, status.sigcgt) == (-1, -1, [], 0, 0)


@pytest.mark.parametrize(
    ("signal", "name"), [(1, "SIGHUP"), (31, "SIGSYS"), (34, "SIGRTMIN"), (49, "SIGRTMIN+15"), (50, "SIGRTMAX-14")]
)
def test_signals_are_named_as_kill_l_names_them(signal: int, name: str) -> None:
    assert signal_names(1 << signal - 1) == [name]


@pytest.mark.parametrize(
    ("data", "arguments"),
    [
        (b"/usr/bin/python3\0-c\0print('a b')\0", ("/usr/bin/python3", "-c", "print('a b')")),
        (b"grep\0\0file\0", ("grep", "", "file")),
        (b"nginx: master process nginx -g daemon off;\0\0\0\0\0", ("nginx: master process nginx -g daemon off;",)),
        (b"sshd: user@pts/0          ", ("sshd: user@pts/0",)),
        (b"sh\0-c\0  \0", ("sh", "-c", "  ")),
        (b"evil\0\x1b[2J\xff\0", ("evil", r"\x1b[2J\xff")),
        (b"", ()),
        (b"\0\0", ()),
    ],
)
def test_arguments_are_split_cleaned_and_free_of_padding(data: bytes, arguments: tuple[str, ...]) -> None:
    assert parse_cmdline(data) == arguments


def test_a_very_long_command_line_is_cut_visibly() -> None:
    assert parse_cmdline(b"a" * 10 + b"\0" + b"b" * 10, limit=15) == ("a" * 10, "bbbb…")


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b"0::/system.slice/nginx.service\n", "/system.slice/nginx.service"),
        (b"9:name=systemd:/old\n1:cpu:/x\n0::/\n", "/"),
        (b"9:name=systemd:/user.slice\n1:cpu:/x\n", "/user.slice"),
        (b"0::/a:b (deleted)\n", "/a:b (deleted)"),
        (b"1:cpu:/x\n", ""),
        (b"", ""),
    ],
)
def test_the_cgroup_is_the_one_of_the_unified_hierarchy(data: bytes, path: str) -> None:
    assert parse_cgroup(data) == path


@given(st.binary() | st.binary().map(lambda tail: STAT[:40] + tail))
def test_stat_of_any_bytes_is_parsed_or_refused(data: bytes) -> None:
    try:
        stat = parse_stat(data)
    except ValueError:
        return
    assert stat.comm in data


@given(st.binary())
def test_any_command_line_and_cgroup_come_out_printable(data: bytes) -> None:
    assert all(argument.isprintable() for argument in parse_cmdline(data))
    assert parse_cgroup(b"0::" + data.replace(b"\n", b"")).isprintable()


def test_a_thread_names_its_process_and_what_does_not_say_so_none() -> None:
    assert parse_process_of(STATUS) == 5112
    assert parse_process_of(b"Name:\tTgid:\t9\n") == 0
