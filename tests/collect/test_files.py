"""Descriptors with a path: asked of the file itself, believed where the answer fits, and never waited for."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockscope.collect.patience import Patience
from sockscope.collect.tables import files
from sockscope.collect.tables.files import FileClassifier, Opened, PathFacts
from sockscope.collect.tables.mounts import MountTable, MountTables
from sockscope.kernel.fdinfo import Fdinfo, parse_fdinfo
from sockscope.kernel.filetype import FileFacts, read_pinned_facts
from sockscope.kernel.links import parse_link
from sockscope.kernel.mountinfo import Mount
from sockscope.kernel.procfs import Procfs

HERE = os.getpid()


class Posing(MountTables):
    """Real mounts, all of which pose as another type of file system, or are in no table: fakes for what is not here."""

    fstype = ""
    listed = True

    def find(self, pid: int, namespace: int, mount_id: int) -> tuple[MountTable, Mount | None]:
        table, mount = super().find(pid, namespace, mount_id)
        if mount is None or not self.listed:
            return table, None
        return table, mount._replace(fstype=self.fstype or mount.fstype)


class Bench:
    """A classifier, and what this process has open for it."""

    def __init__(self) -> None:
        self.mounts = Posing(Procfs())
        self.mounts.begin()
        self.classifier = FileClassifier(self.mounts)
        self.table = os.open("/proc/self/fd", os.O_RDONLY | os.O_DIRECTORY)

    def describe(self, fd: int) -> PathFacts:
        return self.described_as(fd, parse_fdinfo(Path(f"/proc/self/fdinfo/{fd}").read_bytes()))

    def described_as(self, fd: int, info: Fdinfo) -> PathFacts:
        link = parse_link(os.readlink(f"/proc/self/fd/{fd}".encode()))
        return self.classifier.describe(Opened(HERE, self.mounts.namespace(HERE), self.table, fd), link, info)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.classifier.close()
    os.close(made.table)


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[int]:
    os.mkfifo(tmp_path / "fifo")
    fd = os.open(tmp_path / "fifo", os.O_RDWR)
    (tmp_path / "fifo").unlink()
    yield fd
    os.close(fd)


def stat_device(fd: int) -> int:
    dev = os.fstat(fd).st_dev
    return os.major(dev) << 20 | os.minor(dev)


@pytest.mark.parametrize(("fstype", "listed"), [("", True), ("nfs4", True), ("overlay", True), ("", False)])
def test_a_file_is_told_by_itself_wherever_it_lies(bench: Bench, fifo: int, fstype: str, listed: bool) -> None:
    bench.mounts.fstype, bench.mounts.listed = fstype, listed
    found = bench.describe(fifo)
    assert (found.kind, found.dev, found.identified) == ("fifo", stat_device(fifo), "inode")
    assert found.object == f"inode:{stat_device(fifo)}:{os.fstat(fifo).st_ino}"


@pytest.mark.parametrize("fstype", ["btrfs", "ceph", "one that nobody has heard of"])
def test_where_subvolumes_are_numbered_apart_the_device_is_that_of_stat(
    bench: Bench, fifo: int, fstype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.mounts.fstype = fstype
    volumes = iter((0x5000001, 0x5000002))

    def of_a_subvolume(link: str, directory: int | None = None) -> FileFacts:
        """Answer as btrfs does, which is not here: each subvolume has a device of its own."""
        return read_pinned_facts(link, directory)._replace(dev=next(volumes))

    monkeypatch.setattr(files, "read_pinned_facts", of_a_subvolume)
    one, other = bench.describe(fifo), bench.describe(fifo)
    assert one.object != other.object
    assert (one.dev, other.dev) == (0x5000001, 0x5000002)
    assert one.superblock == other.superblock == stat_device(fifo)


def test_a_number_that_was_used_again_meanwhile_claims_no_identity(bench: Bench, fifo: int) -> None:
    info = parse_fdinfo(Path(f"/proc/self/fdinfo/{fifo}").read_bytes())
    bench.mounts.listed = False
    for other in (info._replace(ino=info.ino + 1), info._replace(mnt_id=info.mnt_id + 100_000)):
        found = bench.described_as(fifo, other)
        assert (found.object, found.identified) == ("", "")


def test_a_silent_file_server_is_waited_for_once(bench: Bench, fifo: int, monkeypatch: pytest.MonkeyPatch) -> None:
    silence = threading.Event()
    asked: list[str] = []

    def never(link: str, directory: int | None = None) -> FileFacts:
        asked.append(link)
        silence.wait()
        return read_pinned_facts(link, directory)

    monkeypatch.setattr(files, "read_pinned_facts", never)
    monkeypatch.setattr(bench.classifier, "_patience", Patience(seconds=0.05))
    bench.mounts.listed = False
    try:
        for _ in range(3):
            found = bench.describe(fifo)
            assert (found.kind, found.identified) == ("file", ""), "what is not known is no FIFO, and no object"
        assert len(asked) == 1
    finally:
        silence.set()


def test_a_late_answer_is_not_taken_for_another_descriptor(
    bench: Bench, fifo: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence, answered = threading.Event(), threading.Event()

    def late(link: str, directory: int | None = None) -> FileFacts:
        silence.wait()
        found = read_pinned_facts(link, directory)
        answered.set()
        return found

    patience = Patience(seconds=0.05)
    monkeypatch.setattr(files, "read_pinned_facts", late)
    monkeypatch.setattr(bench.classifier, "_patience", patience)
    bench.mounts.listed = False
    bench.describe(fifo)
    silence.set()
    assert answered.wait(30)
    with (tmp_path / "other").open("w") as other:
        found = bench.describe(other.fileno())
    assert found.kind != "fifo"


def test_what_keeps_nothing_of_who_has_it_open_is_its_number_and_so_is_a_block_device(
    bench: Bench, tmp_path: Path
) -> None:
    null = os.open("/dev/null", os.O_RDONLY)
    try:
        found = bench.describe(null)
        assert (found.kind, found.object, found.identified, found.rdev) == (
            "char-device",
            "char-device:1:3",
            "number",
            (1, 3),
        )
    finally:
        os.close(null)


@pytest.mark.needs("root")
def test_two_nodes_of_one_block_device_are_one_object(bench: Bench, tmp_path: Path) -> None:
    objects = set()
    for name in ("one", "other"):
        os.mknod(tmp_path / name, 0o60600, os.makedev(7, 200))
        fd = os.open(tmp_path / name, os.O_PATH)
        try:
            objects.add((bench.describe(fd).kind, bench.describe(fd).object))
        finally:
            os.close(fd)
    assert objects == {("block-device", "block-device:7:200")}


def test_the_terminal_of_whoever_opens_it_is_compared(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    null = os.open("/dev/null", os.O_RDONLY)
    try:
        for number, identified in (((5, 0), "kcmp"), ((5, 1), "kcmp"), ((4, 1), "number")):
            posing = read_pinned_facts(f"/proc/self/fd/{null}")._replace(rdev=number)
            monkeypatch.setattr(files, "read_pinned_facts", lambda *_, posing=posing: posing)
            found = bench.describe(null)
            assert (found.kind, found.identified) == ("tty", identified)
    finally:
        os.close(null)
