"""What would make somebody wait who opens, follows or reads too much: frames keep coming, and hold it."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.chaos.looking import Looker, acting, looking
from tests.live.conftest import Truth, wait_until

MNT_DETACH = 2


@pytest.fixture
def looker() -> Iterator[Looker]:
    with looking() as made:
        yield made


@pytest.fixture(scope="module")
def obstacles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Truth]:
    with acting("obstacles", tmp_path_factory.mktemp("obstacles")) as truth:
        yield truth


def test_a_fifo_without_a_writer_is_shown_and_not_opened(looker: Looker, obstacles: Truth) -> None:
    fifo = obstacles["waiting"]["fifo"]
    frame = looker.frame()
    (found,) = (one for table in frame.tables for one in table.opened if (one.pid, one.fd) == (fifo["pid"], fifo["fd"]))
    assert found.kind == "fifo"
    assert not looker.inspect(found.pid, found.start, found.fd).error
    looker.frame()


def test_a_stopped_process_is_shown_like_any_other(looker: Looker, obstacles: Truth) -> None:
    pid = obstacles["stopped"]["pid"]
    wait_until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    frame = looker.frame()
    (process,) = (one for one in frame.processes if one.pid == pid)
    assert process.state == "T"
    assert any(table.pid == pid for table in frame.tables)
    looker.frame()


def test_an_epoll_with_ten_thousand_registrations_is_described(looker: Looker, obstacles: Truth) -> None:
    crowd = obstacles["crowd"]["epoll"]
    frame = looker.frame()
    (descriptor,) = (
        one for table in frame.tables for one in table.opened if (one.pid, one.fd) == (crowd["pid"], crowd["fd"])
    )
    (epoll,) = (one for one in frame.epolls if one.object == descriptor.object)
    assert len(epoll.targets) == 10_000
    looker.frame()


def test_a_long_command_line_is_cut_while_it_is_read(looker: Looker) -> None:
    arguments = ["x" * 100_000] * 15
    with subprocess.Popen([sys.executable, "-c", "input()", *arguments], stdin=subprocess.PIPE) as process:
        wait_until(lambda: os.path.exists(f"/proc/{process.pid}/cmdline"))
        frame = looker.frame()
        (found,) = (one for one in frame.processes if one.pid == process.pid)
        assert sum(map(len, found.cmdline)) < 8192
        process.kill()


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
