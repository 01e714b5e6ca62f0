"""Processes and descriptors come and go faster than anyone can look: what is known to be true stays true."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.chaos.looking import STORM, Looker, looking, looks
from tests.live.conftest import Play
from tests.live.storms import storms
from tests.requirements import KernelLacks

LOOKS = 25


def forks() -> int:
    """Processes that were ever made (`proc_stat(5)`)."""
    lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("processes "))


def misses(looker: Looker, truth: dict[str, dict[str, int]]) -> dict[str, int]:
    """Look on, and count how often a long-lived pair of sockets was not all there."""
    ours, theirs = truth["ours"], truth["theirs"]
    count = {"looks": 0, "pair missing": 0, "peer wrong": 0, "socket unknown": 0}
    gone: set[int] = set()
    for _ in looks(LOOKS):
        frame = looker.frame()
        count["looks"] += 1
        gone = (gone | set(frame.sockets_gone)) - {socket.key for socket in frame.sockets}
        count["pair missing"] += sum(
            end["fd"] in table.closed for table in frame.tables for end in (ours, theirs) if table.pid == end["pid"]
        )
        count["pair missing"] += sum(pid in {ours["pid"], theirs["pid"]} for pid, _ in frame.ended)
        for socket in frame.sockets:
            if socket.ino in {ours["ino"], theirs["ino"]}:
                other = ours["ino"] + theirs["ino"] - socket.ino
                count["peer wrong"] += socket.peer_ino != other
                count["socket unknown"] += socket.source == ""
                gone.discard(socket.key)
    return count


@pytest.mark.parametrize(
    "storm", ["forks", "sockets", pytest.param("namespaces", marks=pytest.mark.needs("root", "unshare"))]
)
def test_what_lives_long_never_flickers_in_a_storm(storm: str, play: Play) -> None:
    truth = play("socketpair_fork")
    with storms(storm), looking() as looker:
        before, began = forks(), time.monotonic()
        count = misses(looker, truth)
        rate = (forks() - before) / (time.monotonic() - began)
    print({**count, "forks a second": round(rate)})
    assert count.pop("looks") >= LOOKS
    assert count == {"pair missing": 0, "peer wrong": 0, "socket unknown": 0}


REUSE = """
import json, os, subprocess, sys, time
open("/proc/sys/kernel/pid_max", "w").write("400")
from sockscope.collect.collector import Collector
storm = subprocess.Popen([sys.executable, "-c", '''
import os
while True:
    live = []
    for _ in range(50):
        pid = os.fork()
        if pid == 0:
            os.memfd_create(f"of-{os.getpid()}")
            os.read(0, 1)
            os._exit(0)
        live.append(pid)
    os.write(1, b"." * 50)
    for pid in live:
        os.waitpid(pid, 0)
'''], **dict(zip(("stdin", "stdout"), os.pipe())))
collector = Collector()
seen, wrong, pids, looks = 0, [], [], 0
end = time.monotonic() + float(sys.argv[1])
while looks < 60 or (seen <= 100 and looks < 2000) or time.monotonic() < end:
    looks += 1
    frame = collector.refresh()
    starts = {(process.pid, process.start) for process in frame.processes}
    for table in frame.tables:
        for one in table.opened:
            if one.target.startswith("/memfd:of-"):
                seen += 1
                pids.append(table.pid)
                if one.target.split("-")[1].split(" ")[0] != str(table.pid):
                    wrong.append([table.pid, one.target])
storm.kill()
print(json.dumps({"looks": looks, "seen": seen, "reused": len(pids) - len(set(pids)), "wrong": wrong}))
"""


@pytest.mark.needs("root", "unshare")
def test_pids_used_again_are_never_joined_to_the_descriptors_of_another() -> None:
    inside = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-c", REUSE]
    done = subprocess.run([*inside, str(STORM)], capture_output=True, text=True, check=False)
    if "pid_max" in done.stderr and "OSError" in done.stderr:
        reason = "the kernel has no pid_max of a pid namespace (Linux 6.14 has)"
        raise KernelLacks(reason)
    assert done.returncode == 0, done.stderr
    count = json.loads(done.stdout)
    print({**count, "wrong": len(count["wrong"])})
    assert count["seen"] > 100
    assert count["reused"] > 0
    assert count["wrong"] == []
