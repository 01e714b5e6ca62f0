"""Each kind in words: what the kernel wrote, decoded, as a row and as a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.abi.text import clean
from sockscope.kernel.fdinfo import decode
from sockscope.kinds.char_device import instance_of
from sockscope.kinds.quantities import duration, size
from sockscope.kinds.registry import NAMES as KINDS
from sockscope.kinds.registry import phrase, sentence
from tests.kernel.recorded import ALL


def words_for(name: str, kind: str) -> tuple[str, str]:
    link, raw = ALL[name]
    fields = decode(kind, raw)
    return phrase(kind, clean(link), fields), sentence(kind, clean(link), fields)


@pytest.mark.parametrize(
    ("name", "kind", "row"),
    [
        ("EVENTFD", "eventfd", "count 31"),
        ("SEMAPHORE", "eventfd", "semaphore 3"),
        ("TIMER", "timerfd", "every 1 s, next in 2.9 s"),
        ("TIMER_ABSOLUTE", "timerfd", "once, in 215 years"),
        ("TIMER_DISARMED", "timerfd", "never armed or disarmed"),
        ("SIGNALFD", "signalfd", "SIGINT SIGTERM SIGRTMIN+3"),
        ("EPOLL", "epoll", "watches 3"),
        ("EPOLL_EMPTY", "epoll", "watches nothing"),
        ("INOTIFY", "inotify", "3 watches"),
        ("FANOTIFY", "fanotify", "3 marks on filesystem, mount, inode"),
        ("PIDFD", "pidfd", "→ pid 5112"),
        ("PIDFD_ENDED", "pidfd", "→ ended"),
        ("IO_URING", "io_uring", "rings 8/16, 3 files, 1 buffer"),
        ("IO_URING_BUSY", "io_uring", "rings 4/8, 1 poll, 1 unsubmitted"),
        ("BPF_MAP", "bpf-map", "hash, id 25, room for 16"),
        ("BPF_PROG", "bpf-prog", "socket_filter, id 97"),
        ("BPF_LINK", "bpf-link", "xdp, id 89, program 98, interface 1"),
        ("USERFAULTFD", "userfaultfd", "no faults waiting"),
        ("PERF_EVENT", "perf_event", "performance counter"),
        ("MEMFD", "memfd", "hello world"),
        ("SECRET_MEMORY", "memfd", "secret memory"),
        ("MASTER", "pty-master", "master of pts/0"),
        ("TERMINAL", "tty", "pts/0"),
        ("NETWORK_NAMESPACE", "namespace", "network namespace 4026531833"),
        ("SOCKET_IN_FLIGHT", "socket", "ino 14058, 3 descriptors in flight"),
        ("PIPE", "pipe", "ino 14063"),
        ("FILE_FLOCK", "file", "/srv/lk"),
        ("TEMPORARY_FILE", "file", "/srv/#2171546 (deleted)"),
        ("DIRECTORY", "directory", "/srv"),
        ("TUN", "char-device", "/dev/net/tun tap7"),
        ("MESSAGE_QUEUE", "mqueue", "/kpq"),
        ("SECCOMP", "seccomp", "seccomp supervisor"),
        ("LANDLOCK", "landlock", "Landlock rule set"),
        ("KVM", "anon", "kvm-vm"),
        ("FSCONTEXT", "anon", "fscontext"),
    ],
)
def test_a_row_says_in_a_few_words_what_a_descriptor_is(name: str, kind: str, row: str) -> None:
    assert words_for(name, kind)[0] == row


@pytest.mark.parametrize(
    ("name", "kind", "whole"),
    [
        ("SEMAPHORE", "eventfd", ("An eventfd: a counter in the kernel, now 3, of which each read takes one "
         "(eventfd-id 2).")),
        ("SIGNALFD", "signalfd", "A signalfd: the reader takes SIGINT, SIGTERM and SIGRTMIN+3 from it."),
        ("EPOLL", "epoll", "An epoll instance that watches 3 files."),
        ("PIDFD", "pidfd", "A handle on a process, pid 5112."),
        ("PIDFD_THREAD", "pidfd", "A handle on a thread, pid 5112."),
        ("PIDFD_ENDED", "pidfd", "A handle on a process that has ended."),
        ("IO_URING_POLLED", "io_uring", ("An io_uring (rings 8/16), through which requests reach the kernel "
         "without system calls, polled by kernel thread 5154: 3 files and 1 buffer.")),
        ("BPF_MAP", "bpf-map", "A bpf map: hash, id 25, room for 16; it uses 2.2 KiB."),
        ("MEMFD", "memfd", "An anonymous file in memory that its creator called hello world."),
        ("FILE_FLOCK", "file", "The file /srv/lk, at offset 100 and with 1 lock (FLOCK WRITE)."),
        ("FILE_POSIX", "file", "The file /srv/lk2, with 2 locks (POSIX WRITE, POSIX READ)."),
        ("PATH_ONLY", "file", "The file /srv/lk, by name only (O_PATH)."),
        ("TEMPORARY_FILE", "file", "A file that was made without a name (O_TMPFILE) in /srv."),
        ("TUN", "char-device", "The character device /dev/net/tun, on network interface tap7."),
        ("KVM", "anon", "A KVM virtual machine."),
    ],
)  # fmt: skip
def test_a_sentence_says_it_in_plain_english(name: str, kind: str, whole: str) -> None:
    assert words_for(name, kind)[1] == whole


@pytest.mark.parametrize(
    ("kind", "target", "fields", "row"),
    [
        ("timerfd", "", {"remaining_ns": 0, "interval_ns": 0, "ticks": 2}, "expired, 2 expirations not read"),
        ("timerfd", "", {"remaining_ns": 400_000_000, "interval_ns": 1_000_000_000, "ticks": 1},
         "every 1 s, next in 400 ms, 1 expiration not read"),
        ("signalfd", "", {"signals": ["SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT"]},
         "SIGHUP SIGINT SIGQUIT SIGILL +2"),
        ("timerfd", "", {"remaining_ns": 0, "interval_ns": 0, "ticks": 1}, "expired, not read"),
        ("timerfd", "", {"remaining_ns": 0, "interval_ns": 10**9, "ticks": 1}, "every 1 s, expired, not read"),
        ("timerfd", "", {"remaining_ns": 0, "interval_ns": 10**10, "ticks": 0}, "disarmed, with an interval of 10 s"),
        ("timerfd", "", {"armed": False, "interval_ns": 10**10, "ticks": 0}, "disarmed, with an interval of 10 s"),
        ("timerfd", "", {"armed": True, "interval_ns": 10**9, "ticks": 0}, "every 1 s"),
        ("timerfd", "", {"armed": True, "interval_ns": 0, "ticks": 0}, "once"),
        ("timerfd", "", {"armed": False, "interval_ns": 0, "ticks": 0}, "never armed or disarmed"),
        ("pidfd", "", {"pid": 9, "ended": True}, "→ pid 9, ended"),
        ("bpf-map", "", {"type": "hash", "name": "counters", "map_id": 25}, "hash counters, id 25"),
        ("bpf-prog", "", {"type": "xdp", "name": "drop", "prog_id": 7}, "xdp drop, id 7"),
        ("signalfd", "", {"signals": []}, "no signals"),
        ("pidfd", "", {"pid": 9, "inner_pids": [4, 1]}, "→ pid 9 (1 inside)"),
        ("pidfd", "", {"pid": 0}, "→ outside of this pid namespace"),
        ("inotify", "", {"watches": [{"path": "/etc"}]}, "1 watch: /etc"),
        ("inotify", "", {"watches": [{"path": "/etc"}, {}]}, "2 watches: /etc …"),
        ("dmabuf", "/dmabuf:", {"bytes": 8192, "exporter": "udmabuf"}, "unnamed, 8 KiB from udmabuf"),
        ("memfd", "/memfd: (deleted)", None, "unnamed"),
        ("char-device", "/dev/null", {"device": "1:3"}, "/dev/null"),
        ("char-device", "/dev/fuse", {"fuse_connection": 42}, "/dev/fuse connection 42"),
        ("char-device", "/dev/dri/card0", {"drm-driver": "i915", "drm-client-id": 7, "drm-pdev": "0000:00:02.0"},
         "/dev/dri/card0 client 7 of i915 at 0000:00:02.0"),
        ("char-device", "/dev/vfio/devices/vfio0", {"vfio-device-syspath": "/sys/devices/pci0000:e0/0000:e2:00.1"},
         "/dev/vfio/devices/vfio0 0000:e2:00.1"),
        ("symlink", "/srv/link", {}, "/srv/link"),
        ("socket-file", "/run/s.sock", {}, "/run/s.sock"),
        ("mqueue", "/jobs (deleted)", None, "/jobs"),
        ("tty", "/dev/pts/3 (deleted)", None, "pts/3 (deleted)"),
        ("anon", "anon_inode:kvm-vcpu:2", None, "kvm-vcpu:2"),
        ("eventfd", "anon_inode:[eventfd]", None, "anon_inode:[eventfd]"),
        ("a kind from the future", "x:[1]", {"y": 1}, "x:[1]"),
    ],
)  # fmt: skip
def test_what_is_missing_is_left_out(kind: str, target: str, fields: dict[str, object] | None, row: str) -> None:
    assert phrase(kind, target, fields) == row


@pytest.mark.parametrize(
    ("kind", "target", "fields", "whole"),
    [
        ("symlink", "/srv/link (deleted)", {}, "A symbolic link itself, by name only (O_PATH): /srv/link."),
        ("socket-file", "/run/s", {}, "The file of a unix socket, not the socket, by name only (O_PATH): /run/s."),
        ("char-device", "/dev/net/tun", {"interface": "tun0", "device": "10:200"},
         "The character device /dev/net/tun, on network interface tun0, number 10:200."),
        ("char-device", "/dev/null", {"device": "1:3"}, "The character device /dev/null, number 1:3."),
        ("file", "/a (deleted)", {}, "A file that has no name any more, once /a."),
        ("file", "/a (deleted)", {"links": 0}, "A file that has no name any more, once /a."),
        ("file", "/a (deleted)", {"links": 2}, "A file that has lost this name and has 2 others, once /a."),
        ("file", "/a (deleted)", {"links": 1, "deleted": False}, "The file /a (deleted)."),
        ("directory", "/a (deleted)", {}, "The directory /a, which has been removed."),
        ("directory", "/a (deleted)", {"deleted": False}, "The directory /a (deleted)."),
        ("directory", "/", {"mounted_on": "", "flags": ["O_PATH"]},
         "The directory /, on a mount that has no place where its holder lives, by name only (O_PATH)."),
        ("directory", "/", {"mounted_on": "/"}, "The directory /."),
        ("pidfd", "", {"flags": ["O_EXCL"], "pid": 7, "process": 5}, "A handle on a thread, pid 7, of process 5."),
        ("file", "/t/#7 (deleted)", {"flags": ["O_TMPFILE"], "links": 1},
         "A file that was made without a name (O_TMPFILE) in /t, which has got one since."),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_and_what_a_device_is_of_stand_in_the_sentence(
    kind: str, target: str, fields: dict[str, object], whole: str
) -> None:
    assert sentence(kind, target, fields) == whole


def test_of_a_device_only_what_tells_the_instance_stays_in_its_row() -> None:
    told = {"interface": "tap7", "drm-client-id": 7, "drm-engine-render": "12 ns", "device": "226:0"}
    assert instance_of(told) == {"interface": "tap7", "drm-client-id": 7}


@pytest.mark.parametrize("kind", ["char-device", "block-device", "tty", "directory", "file"])
def test_what_is_opened_for_no_reading_or_writing_says_so(kind: str) -> None:
    assert sentence(kind, "/x", {"flags": ["O_CLOEXEC", "O_PATH"]}).endswith("by name only (O_PATH).")
    assert sentence(kind, "/x", {"flags": ["O_ACCMODE"]}).endswith("for ioctl(2) only (access mode 3).")
    assert "only" not in sentence(kind, "/x", {"flags": ["O_RDONLY"]})


def test_permission_events_change_what_a_fanotify_group_is_for() -> None:
    decides = {"marks": [{"on": "mount", "mask": ["FAN_OPEN_PERM"]}]}
    assert "decides whether" in sentence("fanotify", "", decides)


@pytest.mark.parametrize("kind", KINDS)
def test_without_fdinfo_there_are_still_words(kind: str) -> None:
    assert phrase(kind, "", None)
    assert sentence(kind, "", None).endswith(".")
    assert "  " not in sentence(kind, "", None)


FIELD_NAMES = """
    count id semaphore ticks remaining_ns interval_ns signals watches targets marks pid inner_pids flags path mask on
    waiting_faults features files buffers polls unsubmitted unreaped sq_entries cq_entries sq_thread type map_id prog_id
    link_id max_entries memory_bytes frozen runs ifindex cgroup_id scm_fds bytes exporter name index interface pos locks
""".split()  # noqa: SIM905 - the words are the point
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELD_NAMES), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(KINDS), st.text(), st.dictionaries(st.sampled_from(FIELD_NAMES), ANY_VALUE))
def test_any_fields_from_a_stream_can_be_put_in_words(kind: str, target: str, fields: dict[str, object]) -> None:
    assert phrase(kind, target, fields)
    assert sentence(kind, target, fields).endswith(".")


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0 ns"),
        (999, "999 ns"),
        (250_000, "250 µs"),
        (400_000_000, "400 ms"),
        (1_000_000_000, "1 s"),
        (59_990_000_000, "59.9 s"),
        (60_000_000_000, "1 min"),
        (125_000_000_000, "2 min 5 s"),
        (11_520_000_000_000, "3 h 12 min"),
        (349_200_000_000_000, "4 d 1 h"),
        ((1 << 63) - 1, "292 years"),
    ],
)
def test_durations_are_written_as_one_reads_them(nanoseconds: int, text: str) -> None:
    assert duration(nanoseconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (4096, "4 KiB"), (1_572_864, "1.5 MiB"), (1 << 64, "16 EiB")],
)
def test_sizes_are_written_as_one_reads_them(count: int, text: str) -> None:
    assert size(count) == text
