"""What fdinfo says of each kind, in named fields with their units."""

import pytest

from sockscope.kernel.fdinfo import decode_kind, parse_fdinfo
from sockscope.kinds.epoll import TargetLine, parse_targets
from sockscope.model.descriptor import Fields
from tests.kernel import recorded

ROOT_DEV = "254:0"


def fields(kind: str, raw: bytes) -> Fields:
    return decode_kind(kind, parse_fdinfo(raw))


def test_an_eventfd_has_a_count_written_in_hexadecimal_and_an_id() -> None:
    assert fields("eventfd", recorded.EVENTFD[1]) == {"count": 31, "id": 1, "semaphore": False}
    assert fields("eventfd", recorded.SEMAPHORE[1]) == {"count": 3, "id": 2, "semaphore": True}
    assert fields("eventfd", b"eventfd-count: ffffffffffffffff\n") == {"count": 0xFFFFFFFFFFFFFFFF}


def test_a_timer_has_its_clock_and_the_time_that_remains() -> None:
    assert fields("timerfd", recorded.TIMER[1]) == {
        "clock": "CLOCK_MONOTONIC",
        "ticks": 0,
        "settime_flags": [],
        "remaining_ns": 2_999_964_867,
        "interval_ns": 1_000_000_000,
        "armed": True,
    }
    absolute = fields("timerfd", recorded.TIMER_ABSOLUTE[1])
    assert absolute["settime_flags"] == ["TFD_TIMER_ABSTIME", "TFD_TIMER_CANCEL_ON_SET"]
    assert absolute["clock"] == "CLOCK_REALTIME"
    disarmed = fields("timerfd", recorded.TIMER_DISARMED[1])
    assert (disarmed["remaining_ns"], disarmed["armed"]) == (0, False)


def test_a_time_longer_than_the_kernel_has_is_cut_to_its_longest() -> None:
    raw = b"it_value: (9223372036854775807, 999999999)\n"
    assert fields("timerfd", raw) == {"remaining_ns": (1 << 63) - 1, "armed": True}


def test_a_signalfd_names_its_signals() -> None:
    assert fields("signalfd", recorded.SIGNALFD[1]) == {"signals": ["SIGINT", "SIGTERM", "SIGRTMIN+3"]}


def test_an_epoll_lists_its_registrations_in_order() -> None:
    targets = parse_targets(parse_fdinfo(recorded.EPOLL[1]).lines)
    assert targets == [
        TargetLine(fd=57, events=0x10000019, data=0x7F8A00000039, pos=0, ino=0x36EF, dev=0xF),
        TargetLine(fd=55, events=0x2019, data=0xFFFFFFFFFFFFFFFF, pos=0, ino=0x36E9, dev=0x9),
        TargetLine(fd=54, events=0x80000019, data=0x7F8A00000036, pos=0, ino=0x36E6, dev=0x9),
    ]
    assert fields("epoll", recorded.EPOLL_EMPTY[1]) == {"watches": 0, "targets": []}
    assert fields("epoll", recorded.EPOLL[1])["watches"] == 3


def test_an_epoll_before_linux_4_13_does_not_name_inodes() -> None:
    raw = b"pos:\t0\nflags:\t02\nmnt_id:\t9\ntfd:        5 events:       1d data: ffffffffffffffff \n"
    assert parse_targets(parse_fdinfo(raw).lines) == [TargetLine(5, 0x1D, 0xFFFFFFFFFFFFFFFF, 0, 0, 0)]


def test_an_epoll_line_that_is_damaged_is_skipped_alone() -> None:
    for damage in (b"????", b"123456789", b""):
        raw = recorded.EPOLL[1].replace(b"55 events:     2019", b"55 events:     " + damage)
        assert [target.fd for target in parse_targets(parse_fdinfo(raw).lines)] == [57, 54]


def test_inotify_watches_have_inode_device_and_mask_names() -> None:
    watches = fields("inotify", recorded.INOTIFY[1])["watches"]
    assert [(watch["wd"], watch["ino"], watch["dev"]) for watch in watches] == [
        (3, 1, "0:21"),
        (2, 2171489, ROOT_DEV),
        (1, 2171442, ROOT_DEV),
    ]
    assert watches[2]["mask"] == ["IN_MODIFY", "IN_MOVED_FROM", "IN_MOVED_TO", "IN_CREATE"]
    assert watches[2]["handle"] == "32222100b5dfdf0b"


def test_fanotify_marks_say_what_they_are_set_on() -> None:
    group = fields("fanotify", recorded.FANOTIFY[1])
    assert group["init_flags"] == ["FAN_CLOEXEC", "FAN_NONBLOCK"]
    assert group["event_flags"][0] == "O_RDWR"
    filesystem, mount, inode = group["marks"]
    assert (filesystem["on"], filesystem["dev"], filesystem["mask"]) == ("filesystem", "0:6", ["FAN_ACCESS"])
    assert (mount["on"], mount["mnt_id"], mount["mask"]) == ("mount", 27, ["FAN_MODIFY"])
    assert (inode["on"], inode["ino"], inode["mask"]) == ("inode", 2171489, ["FAN_CLOSE_WRITE", "FAN_OPEN"])


def test_a_pidfd_names_its_process_until_it_has_ended() -> None:
    assert fields("pidfd", recorded.PIDFD[1]) == {"pid": 5112, "ended": False, "inner_pids": []}
    assert fields("pidfd", recorded.PIDFD_ENDED[1]) == {"pid": -1, "ended": True, "inner_pids": []}
    assert fields("pidfd", b"Pid:\t5112\nNSpid:\t5112\t40\t7\n")["inner_pids"] == [40, 7]
    assert fields("pidfd", b"Pid:\t0\n") == {"pid": 0, "ended": False, "inner_pids": []}


def test_a_ring_lists_the_files_registered_in_it() -> None:
    ring = fields("io_uring", recorded.IO_URING[1])
    assert ring["files"] == [
        {"index": 0, "ino": 13981, "path": "socket:[13981]"},
        {"index": 2, "ino": 0, "path": "/srv/w"},
        {"index": 3, "ino": 13982, "path": "socket:[13982]"},
    ]
    assert ring["buffers"] == [{"index": 0, "address": "0x7f8a8c1e7000", "bytes": 8192}]
    assert (ring["sq_entries"], ring["cq_entries"], ring["file_slots"], ring["sq_thread"]) == (8, 16, 4, -1)
    assert fields("io_uring", recorded.IO_URING_POLLED[1])["sq_thread"] == 5154


def test_a_busy_ring_shows_what_is_queued_and_polled() -> None:
    ring = fields("io_uring", recorded.IO_URING_BUSY[1])
    assert (ring["sq_head"], ring["sq_tail"], ring["unsubmitted"]) == (1, 2, 1)
    assert ring["polls"] == [{"opcode": 6}]
    assert ring["files"] == []


def test_a_ring_of_an_older_kernel_is_read_by_its_keys() -> None:
    raw = (
        b"pos:\t0\nSqThread:\t-1\nSqThreadCpu:\t-1\nUserFiles:\t3\n    0: eventfd\n    1: <none>\n"
        b"    2: /srv/a\\040b\\012c\nUserBufs:\t0\nPersonalities:\n    1\n"
    )
    ring = fields("io_uring", raw)
    assert [(file["index"], file["path"]) for file in ring["files"]] == [(0, "eventfd"), (2, r"/srv/a b\x0ac")]
    assert "sq_entries" not in ring


def test_bpf_objects_have_type_names_and_the_ids_of_bpftool() -> None:
    assert fields("bpf-map", recorded.BPF_MAP[1]) == {
        "type": "hash",
        "key_bytes": 4,
        "value_bytes": 8,
        "max_entries": 16,
        "map_flags": 0,
        "map_extra": 0,
        "memory_bytes": 2320,
        "map_id": 25,
        "frozen": False,
    }
    program = fields("bpf-prog", recorded.BPF_PROG[1])
    assert (program["type"], program["prog_id"], program["tag"]) == ("socket_filter", 97, "b11459a0e11ca14c")
    link = fields("bpf-link", recorded.BPF_LINK[1])
    assert (link["type"], link["link_id"], link["prog_id"], link["ifindex"]) == ("xdp", 89, 98, 1)
    assert fields("bpf-link", recorded.BPF_LINK_CGROUP[1])["cgroup_id"] == 25


def test_a_bpf_type_newer_than_the_table_keeps_its_number() -> None:
    assert fields("bpf-map", b"map_type:\t999\n") == {"type": "999"}


def test_a_tag_of_digits_only_is_still_a_text() -> None:
    assert fields("bpf-link", b"prog_tag:\t0011223344556677\n") == {"prog_tag": "0011223344556677"}


def test_a_userfaultfd_counts_its_faults_and_names_the_features_agreed_on() -> None:
    assert fields("userfaultfd", recorded.USERFAULTFD[1]) == {
        "pending_faults": 0,
        "waiting_faults": 0,
        "features": [],
    }
    agreed = fields("userfaultfd", b"pending:\t1\ntotal:\t2\nAPI:\taa:80000101:1ff\n")
    assert (agreed["pending_faults"], agreed["waiting_faults"]) == (1, 2)
    assert agreed["features"] == ["PAGEFAULT_FLAG_WP", "THREAD_ID"]


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("pty-master", "MASTER", {"index": 0}),
        ("socket", "SOCKET_IN_FLIGHT", {"scm_fds": 3}),
        ("char-device", "TUN", {"interface": "tap7"}),
        ("landlock", "LANDLOCK", {}),
        ("seccomp", "SECCOMP", {}),
        ("perf_event", "PERF_EVENT", {}),
        ("anon", "KVM", {}),
        ("namespace", "NETWORK_NAMESPACE", {}),
    ],
)
def test_the_other_kinds_say_what_they_have(kind: str, name: str, expected: Fields) -> None:
    assert fields(kind, recorded.ALL[name][1]) == expected


def test_a_shared_buffer_has_size_exporter_and_name() -> None:
    raw = b"pos:\t0\nflags:\t02\nsize:\t4096\ncount:\t3\nexp_name:\tudmabuf\nname:\tframe \x1b\n"
    assert fields("dmabuf", raw) == {"bytes": 4096, "references": 3, "exporter": "udmabuf", "name": r"frame \x1b"}


def test_lines_of_a_driver_keep_their_names() -> None:
    raw = b"pos:\t0\ndrm-driver:\ti915\ndrm-client-id:\t7\ndrm-engine-render:\t12 ns\n"
    assert fields("char-device", raw) == {"drm-driver": "i915", "drm-client-id": 7, "drm-engine-render": "12 ns"}


def test_an_unknown_anonymous_inode_shows_the_lines_it_has_and_not_more_than_a_screen() -> None:
    raw = b"".join(b"key%d:\t%d\n" % (number, number) for number in range(1000))
    shown = fields("anon", raw)
    assert shown["key1"] == 1
    assert len(shown) == 64
