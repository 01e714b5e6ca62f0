"""Every kind of descriptor the contract names, made for real: its name, its fields with units, its one phrase."""

import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sockscope.abi.open_flags import flag_names
from sockscope.kinds.registry import NAMES as KINDS
from tests.live.commandline import descriptor, show, snapshot
from tests.live.conftest import Truth, performance
from tests.requirements import KernelLacks

LACKING = frozenset({errno.ENOSYS, errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EOPNOTSUPP, errno.EINVAL})
"""Errors of a kernel that was built without a kind; any other is the machine's set-up."""
NAMED = {
    "bpf_map": "bpf-map",
    "bpf_prog": "bpf-prog",
    "bpf_link": "bpf-link",
    "pty_master": "pty-master",
    "secret": "memfd",
    "block_device": "block-device",
    "locked": "file",
}
"""What actors call differently from the contract."""
ELSEWHERE = {"socket", "pipe", "anon", "unknown", "char-device", "cwd", "root", "exe", "mem"}
"""Kinds whose tests need another actor, or that have a name only where nothing knows a better one."""


@dataclass(frozen=True)
class Stage:
    """One actor, and one snapshot of it."""

    truth: Truth
    picture: dict[str, Any]

    def row(self, name: str) -> dict[str, Any]:
        """The descriptor the actor made under this name; skips where it could not."""
        error = self.truth.get("missing", {}).get(name)
        if error in LACKING:
            msg = f"the kernel makes no {name}: {errno.errorcode[error]}"
            raise KernelLacks(msg)
        if error is not None:
            pytest.skip(f"{name} may not be made here: {errno.errorcode[error]}")
        return descriptor(self.picture, self.truth["pid"], self.truth.get("kinds", self.truth)[name])

    def decoded(self, name: str) -> dict[str, Any]:
        """What `show` decodes of its fdinfo."""
        row = self.row(name)
        value = show(row["pid"], row["fd"])["fdinfo"]["decoded"]
        assert isinstance(value, dict)
        return value


def staged(actor: str, *arguments: object) -> Iterator[Stage]:
    with performance(actor, *arguments) as (_, truth):
        yield Stage(truth, snapshot(truth["pid"]))


@pytest.fixture(scope="module")
def rare() -> Iterator[Stage]:
    yield from staged("rare_kinds")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    yield from staged("kinds", tmp_path_factory.mktemp("kinds"))


RARE = (
    "perf_event",
    "seccomp",
    "landlock",
    "mqueue",
    "dmabuf",
    "bpf_map",
    "bpf_prog",
    "bpf_link",
    "io_uring",
    "userfaultfd",
    "secret",
    "fanotify",
    "epoll",
    "pty_master",
    "tty",
    "block_device",
    "locked",
)
PLAIN = (
    "file",
    "directory",
    "temporary",
    "deleted",
    "fifo",
    "null",
    "eventfd",
    "timerfd",
    "signalfd",
    "inotify",
    "pidfd",
    "memfd",
    "namespace",
    "netlink",
    "symlink",
    "socket_file",
)
SAME_KIND = {
    "temporary": "file",
    "deleted": "file",
    "null": "char-device",
    "netlink": "socket",
    "socket_file": "socket-file",
}


def test_between_them_the_actors_make_every_kind_of_the_contract() -> None:
    made = {NAMED.get(name, name) for name in RARE} | {SAME_KIND.get(name, name) for name in PLAIN}
    assert set(KINDS) - ELSEWHERE <= made


@pytest.mark.parametrize("name", RARE)
def test_a_kind_that_not_every_kernel_makes_is_called_by_its_name(rare: Stage, name: str) -> None:
    row = rare.row(name)
    assert row["kind"] == NAMED.get(name, name)
    assert row["text"]


@pytest.mark.parametrize("name", PLAIN)
def test_a_kind_that_every_kernel_makes_is_called_by_its_name(plain: Stage, name: str) -> None:
    row = plain.row(name)
    assert row["kind"] == SAME_KIND.get(name, name)
    assert row["text"]


def test_a_row_of_any_kind_has_the_open_flags_that_the_kernel_writes(plain: Stage, rare: Stage) -> None:
    told, written = {}, {}
    for row in (*plain.picture["descriptors"], *rare.picture["descriptors"]):
        lines = Path(f"/proc/{row['pid']}/fdinfo/{row['fd']}").read_text().splitlines()
        (flags,) = [line.removeprefix("flags:") for line in lines if line.startswith("flags:")]
        told[row["slot"], row["kind"]], written[row["slot"], row["kind"]] = row["flags"], flag_names(int(flags, 8))
    assert told == written


def test_a_namespace_tells_whether_it_closes_on_exec(plain: Stage) -> None:
    row = plain.row("namespace")
    shown = show(row["pid"], row["fd"])
    assert "O_CLOEXEC" in shown["descriptor"]["flags"]
    assert [one["cloexec"] for one in shown["holders"] if one["pid"] == row["pid"]] == [True]


PHRASES: dict[str, Callable[[str], bool]] = {
    "bpf_map": lambda text: text.startswith("array, id ") and text.endswith("room for 3"),
    "bpf_prog": lambda text: text.startswith("socket_filter, id "),
    "bpf_link": lambda text: text.startswith("netns, id ") and "program" in text,
    "io_uring": lambda text: text == "rings 4/8",
    "userfaultfd": lambda text: text == "no faults waiting",
    "secret": lambda text: text == "secret memory",
    "epoll": lambda text: text == "watches 1",
    "mqueue": lambda text: text.startswith("/sockscope-"),
    "pty_master": lambda text: text.startswith("master of pts/"),
}


@pytest.mark.parametrize("name", PHRASES)
def test_the_row_says_in_one_phrase_what_it_is(rare: Stage, name: str) -> None:
    text = rare.row(name)["text"]
    assert PHRASES[name](text), text


def test_an_eventfd_tells_count_id_and_whether_it_counts_one_by_one(plain: Stage) -> None:
    fields = plain.decoded("eventfd")
    assert fields["count"] == 7
    assert fields["semaphore"] is True
    assert fields["id"] >= 0


def test_a_timer_tells_its_clock_what_remains_and_its_interval(plain: Stage) -> None:
    fields = plain.decoded("timerfd")
    assert fields["clock"] == "CLOCK_MONOTONIC"
    assert 0 < fields["remaining_ns"] <= 3000 * 10**9
    assert fields["interval_ns"] == 5 * 10**9


def test_an_inotify_tells_what_it_watches_and_where_that_is(plain: Stage) -> None:
    (watch,) = plain.decoded("inotify")["watches"]
    assert watch["mask"] == ["IN_CREATE"]
    assert watch["path"] == str(Path(plain.row("file")["target"]).parent)


def test_a_file_tells_its_position_and_its_size(plain: Stage) -> None:
    fields = plain.decoded("file")
    assert (fields["pos"], fields["bytes"]) == (4, 10)


def test_a_file_that_was_unlinked_says_that_it_has_no_name(plain: Stage) -> None:
    row = plain.row("deleted")
    shown = show(row["pid"], row["fd"])
    assert "no name" in shown["sentence"]
    assert shown["fdinfo"]["decoded"]["bytes"] == 3000


def test_a_lock_is_told_with_its_owner(rare: Stage) -> None:
    (lock,) = rare.decoded("locked")["locks"]
    assert (lock["type"], lock["mode"], lock["pid"]) == ("FLOCK", "WRITE", rare.truth["pid"])


@pytest.mark.parametrize(("name", "called"), [("bpf_map", "counters"), ("bpf_prog", "sockscope")])
def test_a_bpf_object_that_is_looked_at_tells_its_name(rare: Stage, name: str, called: str) -> None:
    row = rare.row(name)
    found = show(row["pid"], row["fd"])
    assert found["fdinfo"]["decoded"]["name"] == called
    assert f" {called}, id " in found["sentence"]


def test_a_nested_epoll_is_watched_by_the_one_around_it(rare: Stage) -> None:
    outer = rare.row("epoll")
    (target,) = show(outer["pid"], outer["fd"])["targets"]
    (inner,) = target["held_by"]
    assert (target["status"], target["confidence"]) == ("live", "proven")
    (watcher,) = show(inner["pid"], inner["fd"])["watchers"]
    assert (watcher["pid"], watcher["fd"]) == (outer["pid"], outer["fd"])


def test_a_message_queue_of_mq_open_is_no_plain_file_and_a_plain_file_is_no_queue(rare: Stage, plain: Stage) -> None:
    """Its mount is the kernel's own and in no mountinfo, so no type of file system tells."""
    assert rare.row("mqueue")["kind"] == "mqueue"
    assert [row["kind"] for row in plain.picture["descriptors"] if row["kind"] == "mqueue"] == []
