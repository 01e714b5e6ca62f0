"""The kind of a descriptor from the text of its link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.links import parse_link
from sockscope.kinds.registry import NAMES as KINDS
from tests.kernel.recorded import ALL

RECORDED_KINDS = {
    "BPF_LINK": "bpf-link",
    "BPF_LINK_CGROUP": "bpf-link",
    "BPF_MAP": "bpf-map",
    "BPF_PROG": "bpf-prog",
    "EPOLL": "epoll",
    "EPOLL_EMPTY": "epoll",
    "EVENTFD": "eventfd",
    "FANOTIFY": "fanotify",
    "FSCONTEXT": "anon",
    "INOTIFY": "inotify",
    "IO_URING": "io_uring",
    "IO_URING_BUSY": "io_uring",
    "IO_URING_POLLED": "io_uring",
    "KVM": "anon",
    "LANDLOCK": "landlock",
    "MASTER": "pty-master",
    "MEMFD": "memfd",
    "NETWORK_NAMESPACE": "namespace",
    "PERF_EVENT": "perf_event",
    "PIDFD": "pidfd",
    "PIDFD_ENDED": "pidfd",
    "PIDFD_THREAD": "pidfd",
    "PIPE": "pipe",
    "SECCOMP": "seccomp",
    "SECRET_MEMORY": "memfd",
    "SEMAPHORE": "eventfd",
    "SIGNALFD": "signalfd",
    "SOCKET_IN_FLIGHT": "socket",
    "TERMINAL": "tty",
    "TIMER": "timerfd",
    "TIMER_ABSOLUTE": "timerfd",
    "TIMER_DISARMED": "timerfd",
    "USERFAULTFD": "userfaultfd",
}


@pytest.mark.parametrize("name", sorted(ALL))
def test_recorded_links_are_recognised(name: str) -> None:
    assert parse_link(ALL[name][0]).kind == RECORDED_KINDS.get(name, "path")


@pytest.mark.parametrize(
    ("raw", "ino"),
    [(b"socket:[14057]", 14057), (b"pipe:[7]", 7), (b"net:[4026531833]", 4026531833), (b"pidfd:[5113]", 5113)],
)
def test_the_inode_is_taken_from_links_that_name_it(raw: bytes, ino: int) -> None:
    assert parse_link(raw).ino == ino


@pytest.mark.parametrize("name", [b"cgroup", b"ipc", b"mnt", b"net", b"pid", b"time", b"user", b"uts"])
def test_every_namespace_is_one(name: bytes) -> None:
    assert parse_link(name + b":[4026531840]").kind == "namespace"


@pytest.mark.parametrize(
    ("raw", "kind", "path", "deleted"),
    [
        (b"/var/log/nginx/error.log", "path", b"/var/log/nginx/error.log", False),
        (b"/tmp/x (deleted)", "path", b"/tmp/x", True),
        (b"/memfd: (deleted)", "memfd", b"/memfd:", True),
        (b"/memfd:a\nb (deleted)", "memfd", b"/memfd:a\nb", True),
        (b"/memfd:not one", "path", b"/memfd:not one", False),
        (b"/memfdx", "path", b"/memfdx", False),
        (b"/dmabuf:gpu", "dmabuf", b"/dmabuf:gpu", False),
        (b"/dev/pts/12", "tty", b"/dev/pts/12", False),
        (b"/dev/pts/12 (deleted)", "tty", b"/dev/pts/12", True),
        (b"/dev/tty", "tty", b"/dev/tty", False),
        (b"/dev/tty1", "tty", b"/dev/tty1", False),
        (b"/dev/ttyUSB0", "tty", b"/dev/ttyUSB0", False),
        (b"/dev/ttylog/1", "path", b"/dev/ttylog/1", False),
        (b"/dev/console", "tty", b"/dev/console", False),
        (b"/dev/ptmx", "pty-master", b"/dev/ptmx", False),
        (b"/dev/pts/ptmx", "pty-master", b"/dev/pts/ptmx", False),
        (b"/srv/pts/0", "path", b"/srv/pts/0", False),
        (b"(unreachable)/etc/passwd", "path", b"(unreachable)/etc/passwd", False),
        (b"anon_inode:[eventfd]x", "anon", b"[eventfd]x", False),
        (b"anon_inode:", "anon", b"", False),
        (b"anon_inode:kvm-vcpu:3", "anon", b"kvm-vcpu:3", False),
        (b"/socket:[1]", "path", b"/socket:[1]", False),
        (b"zsfold:[12]", "unknown", b"", False),
        (b"", "unknown", b"", False),
    ],
)
def test_paths_and_names_are_told_apart(raw: bytes, kind: str, path: bytes, deleted: bool) -> None:
    link = parse_link(raw)
    assert (link.kind, link.path, link.deleted) == (kind, path, deleted)


@given(st.binary() | st.sampled_from([b"/", b"anon_inode:", b"/memfd:", b"socket:["]).flatmap(
    lambda head: st.binary().map(lambda tail: head + tail)
))  # fmt: skip
def test_any_link_has_a_kind(raw: bytes) -> None:
    assert parse_link(raw).kind in {*KINDS, "path"}
