"""Whoever looks gets what may be seen, and hears what is missing: JSON that is whole, status 0, one note a lack."""

import functools
import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.commandline import only
from tests.live.conftest import wait_until
from tests.live.test_unprivileged import AS_NOBODY
from tests.security.recorded_pty import EXPLORER

pytestmark = pytest.mark.needs("root", "setpriv", "unshare")

SNAPSHOT = shlex.join([*EXPLORER, "snapshot", "--format", "json"])
NOBODY = "setpriv --reuid 65534 --regid 65534 --clear-groups --"
WITHOUT_CALL = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
CALL, EPERM = int(sys.argv[1]), 1
program = b"".join(struct.pack("HBBI", *one) for one in [
    (0x20, 0, 0, 0),               # the number of the call
    (0x15, 0, 1, CALL),
    (0x06, 0, 0, 0x00050000 | EPERM),
    (0x06, 0, 0, 0x7fff0000),
])
buffer = ctypes.create_string_buffer(program)
class Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))
libc.prctl(38, 1, 0, 0, 0)
assert libc.prctl(22, 2, ctypes.byref(Filter(4, ctypes.addressof(buffer))), 0, 0) == 0
os.execvp(sys.argv[2], sys.argv[2:])
"""
KCMP, PIDFD_GETFD = {"x86_64": 312, "aarch64": 272}.get(platform.machine(), -1), 438


def without(call: int, command: str) -> str:
    """Put a seccomp filter in front of a command that denies one system call."""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(WITHOUT_CALL)} {call} {command}"


def yama(scope: int, command: str) -> str:
    """Let a command find a kernel with Yama: what it would read there, whether or not this kernel has it."""
    place = "/proc/sys/kernel"
    return f"mount -t tmpfs none {place} && mkdir {place}/yama && echo {scope} >{place}/yama/ptrace_scope && {command}"


SHOW_OWN_SOCKET = """
import os, socket, subprocess, sys
pair = socket.socketpair()
place = f"{os.getpid()}:{pair[0].fileno()}"
command = [sys.executable, "-m", "sockscope", "show", place, "--options", "--format", "json"]
sys.exit(subprocess.run(command).returncode)
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
    "no CAP_SYS_ADMIN": f"setpriv --bounding-set -sys_admin --inh-caps -all -- {SNAPSHOT}",
    "seccomp without kcmp": without(KCMP, SNAPSHOT),
    **{f"Yama {scope}, root": yama(scope, SNAPSHOT) for scope in (2, 3)},
    **{f"Yama {scope}, nobody": yama(scope, f"{NOBODY} {SNAPSHOT}") for scope in (0, 1, 2)},
}


def run(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*AS_NOBODY, "bash", "-c", command],
        env={**os.environ, "STAY_ROOT": "1"}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@functools.cache
def picture(place: str) -> dict[str, Any]:
    return look(PLACES[place])


def look(command: str) -> dict[str, Any]:
    done = run(command)
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


def capability(seen: dict[str, Any], name: str) -> dict[str, Any]:
    return only(one for one in seen["coverage"]["capabilities"] if one["name"] == name)


@pytest.mark.parametrize(
    ("place", "gain"),
    [
        ("Yama 0, nobody", None),
        ("Yama 1, nobody", "ptrace_scope=0"),
        ("Yama 2, nobody", "ptrace_scope=0"),
        ("Yama 2, root", None),
        ("Yama 3, root", "restart"),
    ],
)
def test_what_yama_denies_is_listed_with_what_would_give_it(place: str, gain: str | None) -> None:
    found = capability(picture(place), "Yama")
    assert found["available"] == (gain is None)
    assert (gain or "") in found["gain"]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (yama(1, without(PIDFD_GETFD, f"{NOBODY} {{show}}")), "ptrace_scope is 1"),
        (without(PIDFD_GETFD, "{show}"), "even root may not"),
    ],
    ids=["Yama", "seccomp"],
)
def test_denied_socket_options_come_with_the_reason_and_all_the_rest(command: str, reason: str) -> None:
    # What looks is what is looked at: the same user, and a socket that it surely has.
    show = shlex.join([sys.executable, "-c", SHOW_OWN_SOCKET])
    seen = look(command.format(show=show))
    assert seen["options"] == {}
    assert any(reason in note for note in seen["notes"]), seen["notes"]
    assert seen["socket"]["type"] == "stream"


@pytest.fixture
def stranger() -> Iterator[int]:
    """A process of another user, in a user namespace and a network namespace of its own."""
    command = [*NOBODY.replace("65534", "65533").split(), "unshare", "--user", "--net", "sleep", "infinity"]
    with subprocess.Popen(command) as process:
        home = os.readlink("/proc/self/ns/net")
        wait_until(lambda: os.readlink(f"/proc/{process.pid}/ns/net") != home)
        yield process.pid
        process.kill()


@pytest.mark.parametrize("place", ["a plain user", "root of a user namespace", "no CAP_SYS_ADMIN"])
def test_namespaces_that_may_not_be_entered_are_counted_and_left(place: str, stranger: int) -> None:
    seen = look(PLACES[place])
    namespace = only(one for one in seen["namespaces"] if one["leader"] == stranger)
    assert (namespace["source"], bool(namespace["reason"])) == ("/proc/net", True)
    left = [one for one in seen["namespaces"] if one["reason"]]
    setns = capability(seen, "setns")
    assert not setns["available"]
    assert setns["costs"].startswith(f"{len(left)} network namespace")


def test_without_kcmp_no_two_epolls_are_called_one() -> None:
    seen = picture("seccomp without kcmp")
    epolls = [row for row in seen["descriptors"] if row["kind"] == "epoll"]
    assert len({row["object"] for row in epolls}) == len(epolls)
