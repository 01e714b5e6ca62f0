"""nginx from Debian: one master, two workers, three listeners. Three hold, one waits."""

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.features import SEARCH_PATH
from tests.live.commandline import answer, places, show, snapshot
from tests.live.conftest import blocked_on, dismiss, wait_until

pytestmark = pytest.mark.needs("nginx", "setpriv", "kcmp")

CONFIG = """
daemon off;
master_process on;
worker_processes 2;
{user}
pid {prefix}/nginx.pid;
error_log {prefix}/error.log;
events {{
    worker_connections 64;
    accept_mutex off;
}}
http {{
    access_log off;
    client_body_temp_path {prefix}/body;
    proxy_temp_path {prefix}/proxy;
    fastcgi_temp_path {prefix}/fastcgi;
    uwsgi_temp_path {prefix}/uwsgi;
    scgi_temp_path {prefix}/scgi;
    server {{ listen 127.0.0.1:{plain}; return 204; }}
    server {{ listen 127.0.0.1:{shared} reuseport; return 204; }}
    server {{ listen unix:{prefix}/web.sock; return 204; }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A running nginx and how it was told to listen."""

    master: int
    workers: tuple[int, int]
    prefix: Path
    plain: int
    shared: int

    @property
    def pids(self) -> tuple[int, int, int]:
        return (self.master, *self.workers)


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [server.getsockname()[1] for server in servers]


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with running(tmp_path_factory.mktemp("nginx"), *free_ports(2)) as started:
        yield started


@contextlib.contextmanager
def running(prefix: Path, plain: int, shared: int) -> Iterator[Nginx]:
    """Start an nginx of our own, wait until both workers watch their sockets, and end it."""
    # As root the workers would become www-data, who may not enter the directory of the test.
    user = "user root;" if os.geteuid() == 0 else ""
    config = prefix / "nginx.conf"
    config.write_text(CONFIG.format(prefix=prefix, plain=plain, shared=shared, user=user))
    program = shutil.which("nginx", path=SEARCH_PATH)
    assert program is not None
    log = (prefix / "output").open("wb")
    master = subprocess.Popen(
        # It ends with the test run, even when the run is killed.
        [
            "setpriv",
            "--pdeathsig",
            "TERM",
            program,
            "-p",
            str(prefix),
            "-c",
            str(config),
            "-e",
            str(prefix / "error.log"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        yield Nginx(master.pid, settled_workers(master.pid), prefix, plain, shared)
    finally:
        dismiss(master)
        log.close()


def settled_workers(master: int, but_not: tuple[int, ...] = ()) -> tuple[int, int]:
    """Wait until two workers, none of them of `but_not`, watch their sockets and are the only ones."""
    process = psutil.Process(master)

    def stand() -> bool:
        found = process.children()
        return len(found) == 2 and not {one.pid for one in found} & {*but_not} and all(map(settled, found))

    wait_until(stand)
    first, second = sorted(child.pid for child in process.children())
    return first, second


def settled(worker: psutil.Process) -> bool:
    """Whether a worker waits in its event loop."""
    epolls = [fd for fd in Path(f"/proc/{worker.pid}/fd").iterdir() if "eventpoll" in os.readlink(fd)]
    return any(blocked_on(worker.pid, int(fd.name)) for fd in epolls)


@pytest.fixture(scope="module")
def picture(nginx: Nginx) -> dict[str, Any]:
    return snapshot(*nginx.pids)


def listeners(picture: dict[str, Any], local: str) -> list[dict[str, Any]]:
    return [row for row in picture["sockets"] if row["state"] == "LISTEN" and row["local"] == local]


def holders(picture: dict[str, Any], ino: int) -> list[dict[str, Any]]:
    return [row for row in picture["descriptors"] if row["kind"] == "socket" and row["ino"] == ino]


def test_master_and_workers_are_one_group_led_by_the_master(nginx: Nginx, picture: dict[str, Any]) -> None:
    (group,) = picture["groups"]
    assert group["pgid"] == nginx.master
    assert sorted(group["pids"]) == sorted(nginx.pids)
    assert "nginx" in group["leader"]
    titles = {process["pid"]: " ".join(process["cmdline"]) for process in picture["processes"]}
    assert titles[nginx.master].startswith("nginx: master process")
    assert all("worker process" in titles[pid] for pid in nginx.workers)
    assert {process["ppid"] for process in picture["processes"] if process["pid"] in nginx.workers} == {nginx.master}


def test_three_hold_the_plain_listener_and_only_the_workers_watch_it(nginx: Nginx, picture: dict[str, Any]) -> None:
    (listener,) = listeners(picture, f"127.0.0.1:{nginx.plain}")
    rows = holders(picture, listener["ino"])
    assert {row["pid"] for row in rows} == set(nginx.pids)
    report = show(rows[0]["pid"], rows[0]["fd"])
    assert places(report["holders"]) == places(rows)
    assert sorted(watcher["pid"] for watcher in report["watchers"]) == sorted(nginx.workers)
    assert len({watcher["object"] for watcher in report["watchers"]}) == 2


def test_the_shared_listener_wakes_one_worker_at_a_time(nginx: Nginx, picture: dict[str, Any]) -> None:
    (listener,) = listeners(picture, f"127.0.0.1:{nginx.plain}")
    row = holders(picture, listener["ino"])[0]
    for watcher in show(row["pid"], row["fd"])["watchers"]:
        assert {"IN", "EXCLUSIVE"} <= set(watcher["events"])
        assert watcher["status"] == "live"


def test_each_reuseport_socket_is_held_by_all_and_watched_by_one_worker(nginx: Nginx, picture: dict[str, Any]) -> None:
    first, second = listeners(picture, f"127.0.0.1:{nginx.shared}")
    watching = []
    for this, that in ((first, second), (second, first)):
        rows = holders(picture, this["ino"])
        assert {row["pid"] for row in rows} == set(nginx.pids)
        report = show(rows[0]["pid"], rows[0]["fd"])
        assert [sibling["ino"] for sibling in report["siblings"]] == [that["ino"]]
        (watcher,) = report["watchers"]
        assert "EXCLUSIVE" not in watcher["events"]
        watching.append(watcher["pid"])
    assert sorted(watching) == sorted(nginx.workers)


def test_the_unix_listener_is_held_by_all_and_watched_by_the_workers(nginx: Nginx, picture: dict[str, Any]) -> None:
    (listener,) = listeners(picture, f"{nginx.prefix}/web.sock")
    rows = holders(picture, listener["ino"])
    assert {row["pid"] for row in rows} == set(nginx.pids)
    watchers = show(rows[0]["pid"], rows[0]["fd"])["watchers"]
    assert {watcher["pid"] for watcher in watchers} == set(nginx.workers)


def test_master_and_workers_are_peers_through_socketpairs(nginx: Nginx, picture: dict[str, Any]) -> None:
    unix = {row["ino"]: row for row in picture["sockets"] if row["family"] == "unix" and row["peer_ino"]}
    # nginx makes one channel for each worker: the master keeps one end, the worker has the other.
    assert len(unix) == 4
    for ino, row in unix.items():
        assert unix[row["peer_ino"]]["peer_ino"] == ino
        end = holders(picture, ino)[0]
        (peer,) = show(end["pid"], end["fd"])["peers"]
        assert (peer["via"], peer["ino"], peer["confidence"]) == ("socketpair", row["peer_ino"], "proven")
        assert places(peer["holders"]) == places(holders(picture, row["peer_ino"]))
    for worker in nginx.workers:
        ours = {row["ino"] for row in picture["descriptors"] if row["pid"] == nginx.master}
        theirs = {row["ino"] for row in picture["descriptors"] if row["pid"] == worker}
        assert any(unix[ino]["peer_ino"] in ours for ino in theirs & set(unix))


def test_the_workers_wait_in_epoll_and_the_master_does_not(nginx: Nginx, picture: dict[str, Any]) -> None:
    epolls = {row["pid"]: row["fd"] for row in picture["descriptors"] if row["kind"] == "epoll"}
    assert set(epolls) == set(nginx.workers)
    for worker, fd in epolls.items():
        (waiting,) = show(worker, fd)["waiting"]
        assert (waiting["pid"], waiting["fd"]) == (worker, fd)
        assert waiting["syscall"] in {"epoll_wait", "epoll_pwait"}


def test_the_listener_is_found_by_its_port_and_by_its_path(nginx: Nginx) -> None:
    assert answer("show", f"tcp:{nginx.plain}")["socket"]["local"] == f"127.0.0.1:{nginx.plain}"
    assert answer("show", f"unix:{nginx.prefix}/web.sock")["socket"]["local"] == f"{nginx.prefix}/web.sock"
