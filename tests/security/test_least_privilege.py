"""Who keeps which rights: the view none, the collector four capabilities, nobody a way back."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import sockscope
from sockscope.frames.messages import Frame
from tests.chaos.looking import looking
from tests.live.conftest import Play, wait_until
from tests.live.test_unprivileged import AS_NOBODY
from tests.security.recorded_pty import EXPLORER, RecordedPty, explorer
from tests.security.rights import KEPT, NOBODY, rights

pytestmark = pytest.mark.needs("root", "setpriv", "unshare")

SUDO = {"SUDO_UID": str(NOBODY), "SUDO_GID": str(NOBODY), "SUDO_USER": "nobody", "STAY_ROOT": "1"}
ALL_NOBODY = (NOBODY,) * 4
WITH_GROUPS = ("setpriv", "--groups", "4,27", "--")
"""Supplementary groups, as root's shell may have them: something that there is to clear."""
ALT_SCREEN = b"\x1b[?1049h"


@pytest.fixture
def under_sudo() -> Iterator[RecordedPty]:
    with explorer(program=[*AS_NOBODY, *WITH_GROUPS, *EXPLORER], env=SUDO) as terminal:
        yield terminal


def spawner_of(terminal: RecordedPty) -> psutil.Process:
    """The helper that has a child; the other one, the scribe, has none."""
    (spawner,) = [one for one in psutil.Process(terminal.process.pid).children() if one.children()]
    return spawner


def scribe_of(terminal: RecordedPty) -> psutil.Process:
    spawner = spawner_of(terminal)
    (scribe,) = [one for one in psutil.Process(terminal.process.pid).children() if one != spawner]
    return scribe


def collector_of(terminal: RecordedPty) -> psutil.Process:
    (collector,) = spawner_of(terminal).children()
    return collector


def test_under_sudo_the_view_is_the_user_before_it_draws_a_cell() -> None:
    with RecordedPty(program=[*AS_NOBODY, *WITH_GROUPS, *EXPLORER], env=SUDO) as terminal:
        terminal.wait_for(ALT_SCREEN)
        mine = rights(terminal.process.pid)
        assert (mine.uids, mine.gids, mine.groups) == (ALL_NOBODY, ALL_NOBODY, ())
        assert (mine.permitted, mine.effective, mine.inheritable, mine.ambient) == (0, 0, 0, 0)
        assert mine.bounding == 0
        assert mine.no_new_privs


def test_every_thread_of_the_view_has_given_up_its_rights(under_sudo: RecordedPty) -> None:
    threads = [int(name) for name in os.listdir(f"/proc/{under_sudo.process.pid}/task")]
    assert len(threads) > 1
    assert {(rights(tid).uids, rights(tid).permitted, rights(tid).no_new_privs) for tid in threads} == {
        (ALL_NOBODY, 0, True)
    }


def test_under_sudo_the_collector_keeps_four_capabilities_and_not_the_uid(under_sudo: RecordedPty) -> None:
    its = rights(collector_of(under_sudo).pid)
    assert (its.uids, its.gids, its.groups) == (ALL_NOBODY, ALL_NOBODY, ())
    assert (its.permitted, its.effective, its.bounding) == (KEPT, KEPT, KEPT)
    assert (its.inheritable, its.ambient) == (0, 0)
    assert its.no_new_privs


def test_the_spawner_has_no_more_rights_than_the_collector_it_starts(under_sudo: RecordedPty) -> None:
    its = rights(spawner_of(under_sudo).pid)
    assert (its.uids, its.groups) == (ALL_NOBODY, ())
    assert (its.permitted, its.effective, its.bounding) == (KEPT, KEPT, KEPT)
    assert its.no_new_privs


def test_a_collector_started_again_has_the_same_rights(under_sudo: RecordedPty) -> None:
    first = collector_of(under_sudo)
    spawner = spawner_of(under_sudo)
    first.kill()
    under_sudo.wait_until(lambda: any(child.pid != first.pid for child in spawner.children()), "another collector")
    under_sudo.wait_until(lambda: rights(collector_of(under_sudo).pid).no_new_privs, "it to confine itself")
    its = rights(collector_of(under_sudo).pid)
    assert (its.uids, its.effective, its.bounding) == (ALL_NOBODY, KEPT, KEPT)


def test_the_scribe_is_the_user_and_has_no_capability(under_sudo: RecordedPty) -> None:
    its = rights(scribe_of(under_sudo).pid)
    assert (its.uids, its.gids, its.groups) == (ALL_NOBODY, ALL_NOBODY, ())
    assert (its.permitted, its.effective, its.bounding, its.ambient) == (0, 0, 0, 0)
    assert its.no_new_privs


def test_root_without_sudo_is_nobody_in_every_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    with explorer(program=[*AS_NOBODY, *WITH_GROUPS, *EXPLORER], env={"STAY_ROOT": "1"}) as terminal:
        bare, looking = (terminal.process, scribe_of(terminal)), (spawner_of(terminal), collector_of(terminal))
        for one, kept in [*((one, 0) for one in bare), *((one, KEPT) for one in looking)]:
            its = rights(one.pid)
            assert (its.uids, its.gids, its.groups) == (ALL_NOBODY, ALL_NOBODY, ())
            assert (its.effective, its.bounding, its.no_new_privs) == (kept, kept, True)


def test_where_nobody_cannot_read_the_program_the_view_stays_root_without_a_capability(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # The copy of the package is root's alone, as an installation below /root is.
    monkeypatch.delenv("SUDO_UID", raising=False)
    copy = tmp_path / "roots"
    shutil.copytree(Path(sockscope.__file__).parent, copy / "sockscope")
    copy.chmod(0o700)
    with explorer(env={"PYTHONPATH": str(copy)}) as terminal:
        mine = rights(terminal.process.pid)
        assert mine.uids == (0, 0, 0, 0)
        assert (mine.permitted, mine.effective, mine.bounding) == (0, 0, 0)
        assert mine.no_new_privs
        its = rights(collector_of(terminal).pid)
        assert (its.uids, its.effective, its.bounding, its.no_new_privs) == (ALL_NOBODY, KEPT, KEPT, True)


@pytest.mark.parametrize("command", [["snapshot", "--format", "ndjson"], ["show", "1"], ["collect"]])
def test_every_other_command_keeps_only_what_looking_takes(command: list[str]) -> None:
    # The last system call of the process shows what it kept: audited from inside, at its exit.
    script = (
        "import atexit, sys\n"
        "from pathlib import Path\n"
        "atexit.register(lambda: print(Path('/proc/self/status').read_text(), file=sys.stderr))\n"
        "from sockscope.cli.main import main\n"
        f"sys.exit(main({command!r}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace")
    assert f"CapEff:\t{KEPT:016x}" in said
    assert f"CapBnd:\t{KEPT:016x}" in said
    assert "NoNewPrivs:\t1" in said
    assert f"Uid:\t{NOBODY}\t{NOBODY}\t{NOBODY}\t{NOBODY}" in said
    assert "Seccomp:\t2" in said


REGAIN = """
import os, sys
from sockscope.privileges.invoker import Invoker
from sockscope.privileges.roles import confine_view
confine_view(Invoker(65534, 65534))
won = []
for name, attempt in {
    "setuid": lambda: os.setuid(0),
    "setreuid": lambda: os.setreuid(0, 0),
    "setgid": lambda: os.setgid(0),
    "setgroups": lambda: os.setgroups([0]),
    "shadow": lambda: open("/etc/shadow").close(),
    "chroot": lambda: os.chroot("/"),
    "init": lambda: os.kill(1, 0),
}.items():
    try:
        attempt()
        won.append(name)
    except PermissionError:
        pass
print(won, flush=True)
try:
    os.execv(sys.argv[1], [sys.argv[1], "-u"])
except PermissionError:
    print("refused")
"""
NO_NEW_PRIVILEGES = """
import os, sys
from sockscope.privileges import capabilities
from sockscope.privileges.invoker import NOBODY, become
become(NOBODY)
capabilities.forbid_new_privileges()
os.execv(sys.argv[1], [sys.argv[1], "-u"])
"""


@pytest.mark.parametrize(("script", "said"), [(REGAIN, ["[]", "refused"]), (NO_NEW_PRIVILEGES, [str(NOBODY)])])
def test_the_view_cannot_regain_root_not_even_by_a_set_uid_program(
    tmp_path: Path, script: str, said: list[str]
) -> None:
    program = _set_uid_copy("/usr/bin/id", tmp_path)
    done = subprocess.run(
        [*AS_NOBODY, sys.executable, "-c", script, program],
        env={**os.environ, "STAY_ROOT": "1"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == said


NEVER_LEFT = """
from sockscope.privileges.invoker import require_no_way_back
require_no_way_back()
"""


def test_a_process_that_could_be_root_again_is_stopped() -> None:
    done = subprocess.run([sys.executable, "-c", NEVER_LEFT], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "RightsError: root's rights were given up and could be taken again" in done.stderr


def _set_uid_copy(program: str, directory: Path) -> str:
    copy = directory / "set-uid"
    copy.write_bytes(Path(program).read_bytes())
    copy.chmod(0o4755)
    for parent in [directory, *directory.parents][:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    return str(copy)


def first_frame(*program: str) -> Frame:
    """Take the first whole frame of a collector that is started by some program."""
    with looking(*AS_NOBODY, *program) as looker:
        frame = looker.frame()
        while frame.preview:
            frame = looker.frame()
        return frame


AS_SPAWNER = """
import os, sys
from sockscope.privileges.invoker import Invoker
from sockscope.privileges.roles import confine_spawner
confine_spawner(Invoker(65534, 65534))
os.execv(sys.argv[1], sys.argv[1:])
"""
UNCONFINED = """
import sys
from sockscope.cli import looker, main as cli
from sockscope.collect.processes.processes import by_name_services
looker.confine_collector = lambda: by_name_services
sys.exit(cli.main(sys.argv[sys.argv.index("sockscope") + 1:]))
"""


def test_the_four_capabilities_show_all_that_root_sees(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAY_ROOT", "1")
    actors = ("socketpair_fork", "twin_epolls", "netns_child", "pipe_between", "terminal_jobs", "eventfds")
    cast = {play(name)["pid"] for name in actors}
    full = first_frame(sys.executable, "-c", UNCONFINED)
    reduced = first_frame(sys.executable, "-c", AS_SPAWNER)
    assert _tables(reduced, cast) == _tables(full, cast)
    assert len(_tables(full, cast)) >= len(cast)
    known = {(process.pid, process.start): process for process in full.processes}
    both = [(known[one.pid, one.start], one) for one in reduced.processes if (one.pid, one.start) in known]
    assert [old.pid for old, new in both if bool(old.denied) != bool(new.denied)] == []
    assert _sockets(full, cast) == _sockets(reduced, cast)


def _family(frame: Frame, cast: set[int]) -> set[int]:
    return {process.pid for process in frame.processes if process.pid in cast or process.ppid in cast}


def _tables(frame: Frame, cast: set[int]) -> dict[int, dict[int, tuple[str, str, str, int]]]:
    family = _family(frame, cast)
    return {
        table.pid: {one.fd: (one.kind, one.target, one.access, one.ino) for one in table.opened}
        for table in frame.tables
        if table.pid in family
    }


def _sockets(frame: Frame, cast: set[int]) -> set[tuple[int, int, str, str, int]]:
    held = {row[3] for table in _tables(frame, cast).values() for row in table.values() if row[0] == "socket"}
    return {(one.ino, one.cookie, one.family, one.state, one.netns) for one in frame.sockets if one.ino in held}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV], ids=lambda number: number.name)
def test_nothing_is_left_when_the_view_is_killed_or_crashes(under_sudo: RecordedPty, number: signal.Signals) -> None:
    family = under_sudo.family()
    assert len(family) == 5
    under_sudo.process.send_signal(number)
    assert under_sudo.process.wait() == -number
    wait_until(lambda: not any(process.is_running() for process in family))
