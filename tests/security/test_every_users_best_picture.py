"""Whoever looks gets what may be seen, and hears what is missing: JSON that is whole, status 0, one note a lack."""

import json
import os
import shlex
import subprocess
import sys
from typing import Any

import pytest

from tests.live.test_unprivileged import AS_NOBODY
from tests.security.recorded_pty import EXPLORER

pytestmark = pytest.mark.needs("root", "setpriv", "unshare")

SNAPSHOT = shlex.join([*EXPLORER, "snapshot", "--format", "json"])
NOBODY = "setpriv --reuid 65534 --regid 65534 --clear-groups --"
WITHOUT_KCMP = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
KCMP, EPERM = 312, 1
program = b"".join(struct.pack("HBBI", *one) for one in [
    (0x20, 0, 0, 0),               # the number of the call
    (0x15, 0, 1, KCMP),
    (0x06, 0, 0, 0x00050000 | EPERM),
    (0x06, 0, 0, 0x7fff0000),
])
buffer = ctypes.create_string_buffer(program)
class Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))
libc.prctl(38, 1, 0, 0, 0)
assert libc.prctl(22, 2, ctypes.byref(Filter(4, ctypes.addressof(buffer))), 0, 0) == 0
os.execv(sys.executable, [sys.executable, "-m", "sockscope", "snapshot", "--format", "json"])
"""
PLACES = {
    "root": SNAPSHOT,
    "a plain user": f"{NOBODY} {SNAPSHOT}",
    "hidepid=1": f"mount -t proc -o hidepid=1 proc /proc && {NOBODY} {SNAPSHOT}",
    "hidepid=2": f"mount -t proc -o hidepid=2 proc /proc && {NOBODY} {SNAPSHOT}",
    "no CAP_NET_ADMIN": f"setpriv --bounding-set -net_admin --inh-caps -all -- {SNAPSHOT}",
    "no CAP_SYS_PTRACE": f"setpriv --bounding-set -sys_ptrace --inh-caps -all -- {SNAPSHOT}",
    "root of a user namespace": f"{NOBODY} unshare --user --map-root-user -- {SNAPSHOT}",
    "a container": f"unshare --user --map-root-user --pid --net --mount --fork --mount-proc -- {SNAPSHOT}",
    "seccomp without kcmp": f"{shlex.quote(sys.executable)} -c {shlex.quote(WITHOUT_KCMP)}",
}


def run(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*AS_NOBODY, "bash", "-c", command],
        env={**os.environ, "STAY_ROOT": "1"}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def picture(place: str) -> dict[str, Any]:
    done = run(PLACES[place])
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("place", PLACES)
def test_it_works_and_shows_at_least_itself(place: str) -> None:
    seen = picture(place)
    assert seen["coverage"]["processes"] > 0
    assert seen["descriptors"]


def test_a_proc_of_another_pid_namespace_is_refused_in_one_line() -> None:
    done = run(f"unshare --pid --fork -- {SNAPSHOT}")
    assert (done.returncode, done.stdout) == (3, "")
    assert "another pid namespace" in done.stderr
    assert done.stderr.count("\n") == 1


def test_processes_that_hidepid_lists_and_hides_are_counted() -> None:
    coverage = picture("hidepid=1")["coverage"]
    assert coverage["unreadable_processes"] > 1
    assert coverage["processes"] > coverage["unreadable_processes"]


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ("a plain user", "sudo"),
        ("hidepid=2", "hidepid"),
        ("no CAP_SYS_PTRACE", "hidden"),
        ("seccomp without kcmp", "kcmp"),
    ],
)
def test_it_says_what_is_missing(place: str, word: str) -> None:
    notes = picture(place)["coverage"]["notes"]
    assert any(word in note for note in notes), notes


def test_without_kcmp_no_two_epolls_are_called_one() -> None:
    seen = picture("seccomp without kcmp")
    epolls = [row for row in seen["descriptors"] if row["kind"] == "epoll"]
    assert len({row["object"] for row in epolls}) == len(epolls)
