"""What would make somebody wait who opens, follows or reads too much: frames keep coming, and hold it."""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from sockscope.collect.watchdog import LOOKS, Sleep
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.process import Process
from tests.chaos.looking import PATIENCE, Looker, acting, looking, silent
from tests.live.conftest import Truth, wait_until
from tests.requirements import KernelLacks
from tests.security.recorded_pty import EXPLORER


@pytest.fixture
def looker() -> Iterator[Looker]:
    with looking() as made:
        yield made


@pytest.fixture
def hung(tmp_path: Path) -> Iterator[Truth]:
    with silent("hung_fuse", tmp_path / "mount") as truth:
        yield truth


@pytest.mark.needs("root")
def test_a_file_on_a_mount_whose_server_is_silent_is_shown_by_name(looker: Looker, hung: Truth) -> None:
    for _ in range(3):
        looker.frame()
    holder = hung["holder"]
    assert not looker.inspect(holder["pid"], looker.starts[holder["pid"]], holder["fd"]).error
    looker.frame()


@pytest.mark.needs("root")
def test_a_working_directory_there_is_told_as_the_kernel_writes_it(looker: Looker, hung: Truth) -> None:
    looker.frame()
    holder = hung["holder"]["pid"]
    report = looker.inspect(holder, looker.starts[holder], -1).process
    assert report is not None
    assert report.cwd.endswith("/place (deleted)")


@pytest.mark.needs("root")
def test_a_path_there_is_answered_with_the_silence_and_not_waited_for(tmp_path: Path, hung: Truth) -> None:
    assert hung
    asked = subprocess.run(
        [sys.executable, "-m", "sockscope", "show", tmp_path / "mount" / "unheard-of"],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert asked.returncode == 3
    assert asked.stderr.endswith(b": its file system does not answer\n")


NAMING = """
import sys
from sockscope.kernel.protocol_name import read_protocol_name
try:
    read_protocol_name(sys.argv[1], 1)
except OSError as error:
    print(error.strerror)
"""


@pytest.mark.needs("root")
def test_a_socket_that_has_become_a_file_there_is_not_asked_for_the_name_of_its_protocol(hung: Truth) -> None:
    link = f"/proc/{hung['holder']['pid']}/fd/{hung['holder']['fd']}"
    done = subprocess.run([sys.executable, "-c", NAMING, link], capture_output=True, timeout=PATIENCE, check=True)
    assert done.stdout == b"no longer that socket\n"


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[int]:
    """A process whose memory nobody can read, as somebody finds out who reads its command line."""
    with silent("hung_memory", tmp_path / "mount") as truth:
        owner = truth["owner"]["pid"]
        wait_until(lambda: psutil.Process(owner).status() == psutil.STATUS_DISK_SLEEP)
        with subprocess.Popen(["cat", f"/proc/{owner}/cmdline"], stdout=subprocess.DEVNULL) as reader:
            wait_until(lambda: psutil.Process(reader.pid).status() == psutil.STATUS_DISK_SLEEP)
            reader.kill()
        yield owner


@pytest.mark.needs("root")
def test_a_process_that_keeps_its_memory_locked_is_shown_without_its_command_line(locked: int) -> None:
    with looking() as looker:
        for _ in range(3):
            looker.frame()
        assert process(looker, locked).cmdline == ()
        assert process(looker, locked).comm == "python"
        (memory,) = (one for one in looker.world.coverage.capabilities if one.name == "memory")
        assert memory.costs.startswith("the memory of 1 process does not answer")
        assert looker.world.find(os.getpid(), 0) is not None
        assert looker.hang_up() == 0


@pytest.mark.needs("root")
@pytest.mark.parametrize(
    "command",
    [
        ["snapshot"],
        ["snapshot", "--pid", "python"],
        ["snapshot", "--maps"],
        ["show", "{pid}"],
        ["show", "{pid}", "--maps"],
    ],
    ids=" ".join,
)
def test_a_command_ends_beside_a_process_that_keeps_its_memory_locked(command: list[str], locked: int) -> None:
    words = [word.format(pid=locked) for word in command]
    done = subprocess.run(
        [*EXPLORER, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert str(locked).encode() in done.stdout


@contextlib.contextmanager
def at_the_gate(directory: Path) -> Iterator[tuple[Truth, Callable[[], None]]]:
    """Keep a process on stage that is caught in execve(2) once `open_gate` lets it go on; and what lets it through."""
    with silent("hung_exec", directory) as truth:

        def end_server() -> None:
            os.kill(truth["pid"], signal.SIGKILL)

        try:
            yield truth, end_server
        finally:
            # Both before the rest is looked for, by a `stat` that would wait.
            end_server()
            os.kill(truth["child"], signal.SIGKILL)


def open_gate(truth: Truth) -> None:
    os.close(os.open(truth["gate"], os.O_WRONLY))
    status = Path(f"/proc/{truth['child']}/status")
    wait_until(lambda: "State:\tD" in status.read_text())


@pytest.mark.needs("root")
def test_a_process_that_is_caught_in_execve_keeps_its_row_and_is_read_again_when_it_is_through(
    tmp_path: Path,
) -> None:
    # It has to be caught between two looks: one that it is caught in is ended by the watchdog.
    with at_the_gate(tmp_path / "mount") as (truth, let_through), looking(interval="1") as looker:
        child = truth["child"]
        looker.frame()
        before = process(looker, child)
        assert {one.kind for one in looker.world.tables[before.key].values()} >= {"epoll", "eventfd"}
        open_gate(truth)
        # An epoll and an eventfd that would have to be compared with his.
        with contextlib.closing(select.epoll()) as epoll, open(os.eventfd(0), "rb", buffering=0) as event:
            for _ in range(3):
                looker.frame()
            for fd in (epoll.fileno(), event.fileno()):
                assert looker.world.find(os.getpid(), fd) is not None
        caught = process(looker, child)
        assert (caught.key, caught.denied, caught.state) == (before.key, "it does not answer", "D")
        assert not looker.world.tables.get(caught.key)
        (answers,) = (one for one in looker.world.coverage.capabilities if one.name == "answers")
        assert answers.costs.startswith(f"process {child} (python) does not answer")
        assert looker.inspect(child, caught.start, -1).error == f"process {child} does not answer"
        assert looker.options(child, caught.start, 0).error == f"process {child} does not answer"
        let_through()
        wait_until(lambda: looker.frame() and not process(looker, child).denied)
        assert looker.world.tables[before.key]
        (answers,) = (one for one in looker.world.coverage.capabilities if one.name == "answers")
        assert answers.available


@pytest.mark.needs("root")
def test_a_collector_that_starts_beside_a_process_that_is_caught_in_execve_names_it(tmp_path: Path) -> None:
    with at_the_gate(tmp_path / "mount") as (truth, _):
        open_gate(truth)
        with looking() as looker:
            for _ in range(2):
                looker.frame()
            assert looker.world.process(truth["child"]) is None
            (answers,) = (one for one in looker.world.coverage.capabilities if one.name == "answers")
            assert answers.costs.startswith(f"process {truth['child']} (python) does not answer")


@pytest.mark.needs("root")
@pytest.mark.parametrize(
    ("command", "status"),
    [(["snapshot"], 0), (["snapshot", "--pid", "nosuchname"], 1), (["show", "{child}"], 1)],
    ids=str,
)
def test_a_command_ends_beside_a_process_that_is_caught_in_execve(
    command: list[str], status: int, tmp_path: Path
) -> None:
    with at_the_gate(tmp_path / "mount") as (truth, _):
        open_gate(truth)
        words = [word.format(**truth) for word in command]
        done = subprocess.run(
            [*EXPLORER, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == status
        if command != ["snapshot", "--pid", "nosuchname"]:
            assert f"process {truth['child']} (python) does not answer".encode() in done.stdout + done.stderr


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


def test_a_sleep_is_endless_when_it_goes_on_and_whoever_is_stopped_does_not_sleep(obstacles: Truth) -> None:
    for who, endless in ("lender", True), ("waiting", True), ("stopped", False):
        sleep = Sleep(Procfs(), obstacles[who]["pid"])
        assert [sleep.is_endless() for _ in range(LOOKS + 1)] == [False] * LOOKS + [endless]


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
