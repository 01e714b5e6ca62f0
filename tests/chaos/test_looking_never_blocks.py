"""What would make somebody wait who opens, follows or reads too much: frames keep coming, and hold it."""

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sockscope.model.descriptor import Descriptor
from sockscope.model.process import Process
from tests.chaos.looking import Looker, acting, looking
from tests.live.conftest import Truth, wait_until
from tests.requirements import KernelLacks

MNT_DETACH = 2


@pytest.fixture
def looker() -> Iterator[Looker]:
    with looking() as made:
        yield made


@pytest.fixture
def hung(tmp_path: Path) -> Iterator[Truth]:
    directory = tmp_path / "mount"
    directory.mkdir()
    try:
        with acting("hung_fuse", directory) as truth:
            yield truth
    finally:
        ctypes.CDLL(None).umount2(os.fsencode(directory), MNT_DETACH)


@pytest.mark.needs("root")
@pytest.mark.skipif(not os.path.exists("/dev/fuse"), reason="the kernel has no FUSE")
def test_a_file_on_a_mount_whose_server_is_silent_is_shown_by_name(looker: Looker, hung: Truth) -> None:
    for _ in range(3):
        looker.frame()
    holder = hung["holder"]
    assert not looker.inspect(holder["pid"], looker.starts[holder["pid"]], holder["fd"]).error
    looker.frame()


@pytest.fixture(scope="module")
def obstacles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Truth]:
    with acting("obstacles", tmp_path_factory.mktemp("obstacles")) as truth:
        wait_until(lambda: psutil.Process(truth["stopped"]["pid"]).status() == psutil.STATUS_STOPPED)
        wait_until(lambda: psutil.Process(truth["lender"]["pid"]).status() == psutil.STATUS_DISK_SLEEP)
        yield truth


@pytest.fixture(scope="module")
def among(obstacles: Truth) -> Iterator[Looker]:
    """Somebody who looks while all the obstacles stand."""
    with looking() as made:
        made.frame()
        yield made


def process(looker: Looker, pid: int) -> Process:
    found = looker.world.process(pid)
    assert found is not None
    return found


def seen(looker: Looker, pid: int) -> list[Descriptor]:
    """Ask for each descriptor of a process in depth."""
    table = list(looker.world.tables[process(looker, pid).key].values())
    for one in table:
        assert not looker.inspect(pid, one.start, one.fd).error
    return table


def test_frames_keep_coming_whatever_stands_in_the_way(among: Looker) -> None:
    for _ in range(3):
        among.frame()


def test_a_fifo_without_a_writer_is_shown_and_not_opened(among: Looker, obstacles: Truth) -> None:
    fifo = obstacles["waiting"]["fifo"]
    (found,) = (one for one in seen(among, fifo["pid"]) if one.fd == fifo["fd"])
    assert found.kind == "fifo"


def test_a_stopped_process_is_shown_like_any_other(among: Looker, obstacles: Truth) -> None:
    pid = obstacles["stopped"]["pid"]
    assert process(among, pid).state == "T"
    assert seen(among, pid)


def test_a_process_in_state_d_is_shown_like_any_other(among: Looker, obstacles: Truth) -> None:
    pid = obstacles["lender"]["pid"]
    assert process(among, pid).state == "D"
    assert seen(among, pid)


def test_an_epoll_with_ten_thousand_registrations_is_described(among: Looker, obstacles: Truth) -> None:
    crowd = obstacles["crowd"]["epoll"]
    found = among.world.find(crowd["pid"], crowd["fd"])
    assert found is not None
    assert len(among.world.epolls[found.object].targets) == 10_000


def test_of_a_command_line_of_a_gigabyte_the_beginning_is_read(among: Looker, obstacles: Truth) -> None:
    pid = obstacles["talker"]["pid"]
    if lacking := obstacles["talker"]["lacking"]:
        reason = f"PR_SET_MM_MAP: {lacking} (CONFIG_CHECKPOINT_RESTORE has it)"
        raise KernelLacks(reason)
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        file.seek((1 << 30) - 2)
        assert file.read() == b"x\0"
    cmdline = process(among, pid).cmdline
    assert sum(map(len, cmdline)) < 8192
    assert cmdline[0].startswith("xxxx")
    assert cmdline[-1].endswith("…")
