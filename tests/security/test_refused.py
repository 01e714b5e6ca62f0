"""What each role may not even try: tried here, as each of them, by whoever might have taken it over."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.conftest import wait_until
from tests.live.test_unprivileged import AS_NOBODY
from tests.security.recorded_pty import EXPLORER, explorer, gone
from tests.security.rights import NOBODY

pytestmark = pytest.mark.needs("root", "setpriv", "unshare")

ATTEMPTS = """
import ctypes, fcntl, os, platform, resource, signal, socket, sys, termios
from sockscope.abi.call_names import call_numbers
from sockscope.kernel import syscalls
from sockscope.privileges import capabilities, roles
from sockscope.privileges.invoker import NOBODY

victim, place = int(sys.argv[1]), sys.argv[2]
os.setsid()
_, terminal = os.openpty()
fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
exec(sys.argv[3])
libc = ctypes.CDLL(None, use_errno=True)
calls = call_numbers(platform.machine())

def traced():
    if libc.ptrace(16, victim, 0, 0):
        raise OSError(ctypes.get_errno(), "ptrace")

def connected():
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"{place}/door")

def talked():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()

def asked_netlink():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4).close()

def raced():
    if libc.syscall(425, 8, ctypes.create_string_buffer(120)) < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")

def made_a_map():
    syscalls.call("bpf", 0, ctypes.create_string_buffer(bytes([2, 0, 0, 0, 4, 0, 0, 0, 8, 0, 0, 0, 3]), 72), 72)

def checked(result, name):
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result

def kept_memory():
    segment = checked(libc.shmget(0, 4096, 0o1600), "shmget")
    libc.shmctl(segment, 0, None)

def entered_a_namespace_of_its_own():
    child = checked(libc.syscall(calls["clone"], 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0), "clone")
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)

def opened_by_another_call():
    how = ctypes.create_string_buffer(bytes([os.O_WRONLY]), 24)
    os.close(checked(libc.syscall(calls["openat2"], -100, b"/dev/null", how, 24), "openat2"))

def locked():
    file = os.open(f"{place}/open", os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
    finally:
        os.close(file)

attempts = {
    "keys": lambda: fcntl.ioctl(terminal, termios.TIOCSTI, b"x"),
    "signal": lambda: fcntl.fcntl(terminal, fcntl.F_SETOWN, os.getpid()),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0)),
    "processors": lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)),
    "limits": lambda: resource.prlimit(os.getpid(), resource.RLIMIT_NOFILE, (64, 64)),
    "notice": lambda: os.close(checked(libc.fanotify_init(0x200, 0), "fanotify_init")),
    "segment": kept_memory,
    "namespace": entered_a_namespace_of_its_own,
    "openat2": opened_by_another_call,
    "lock": locked,
    "execute": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "kill": lambda: os.kill(victim, 0),
    "trace": traced,
    "connect": connected,
    "inet": talked,
    "netlink": asked_netlink,
    "io_uring": raced,
    "bpf": made_a_map,
    "create": lambda: os.close(os.open(f"{place}/new", os.O_WRONLY | os.O_CREAT)),
    "overwrite": lambda: os.close(os.open(f"{place}/open", os.O_WRONLY)),
    "mkdir": lambda: os.mkdir(f"{place}/directory"),
    "unlink": lambda: os.unlink(f"{place}/open"),
    "rename": lambda: os.rename(f"{place}/open", f"{place}/other"),
    "chmod": lambda: os.chmod(f"{place}/open", 0o600),
    "read": lambda: os.close(os.open(f"{place}/secret", os.O_RDONLY)),
    "terminal": lambda: os.close(os.open("/dev/null", os.O_WRONLY)),
    "memory": lambda: os.close(os.memfd_create("x")),
    "pair": lambda: [one.close() for one in socket.socketpair()],
    "self": lambda: os.kill(os.getpid(), 0),
}
won = []
for name, attempt in attempts.items():
    try:
        attempt()
        won.append(name)
    except OSError:
        pass
print(*won)
"""
ALL_ROLES = len(("view", "scribe", "spawner", "collector", "who asks name services"))
VIEW = {"memory", "pair", "self"}
"""What a view may do of all that."""
ROLES = {
    "view under sudo": ("roles.confine_view(NOBODY)", VIEW),
    "view of plain root": ("roles.confine_view(None)", VIEW),
    "view that stays root": ("roles._readable_by_others = lambda: False; roles.confine_view(None)", VIEW),
    # It is the user's process: it writes what the user may write, and does nothing else.
    "scribe": (
        "roles.confine_scribe(NOBODY)",
        {"terminal", "memory", "pair", "create", "overwrite", "mkdir", "unlink"},
    ),
    # It asks whoever answers for names.
    "names": ("roles._confine_names(NOBODY)", {"netlink", "inet", "memory", "pair"}),
    # It looks: reading stays, and netlink; it has the rights of nobody to signal nobody's processes.
    "collector": ("roles.confine_collector()", {"read", "netlink", "memory", "pair", "self", "openat2"}),
}


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_does_not_do_is_refused_to_it(tmp_path: Path, role: str) -> None:
    confine, allowed = ROLES[role]
    tmp_path.chmod(0o777)
    for parent in list(tmp_path.parents)[:3]:  # a worker of several has one more
        parent.chmod(parent.stat().st_mode | 0o011)
    for name, mode in (("open", 0o666), ("secret", 0o600)):
        (tmp_path / name).write_text(name)
        (tmp_path / name).chmod(mode)
    (tmp_path / "door").touch()
    with subprocess.Popen(["sleep", "60"]) as victim:
        try:
            done = subprocess.run(
                [*AS_NOBODY, sys.executable, "-c", ATTEMPTS, str(victim.pid), str(tmp_path), confine],
                env={"PATH": os.environ["PATH"], "STAY_ROOT": "1"}, capture_output=True, text=True, check=False,
            )  # fmt: skip
        finally:
            victim.kill()
    assert set(done.stdout.split()) == allowed, done.stderr
    assert (tmp_path / "secret").read_text() == "secret"


EARLY = """
import ctypes, sys
from sockscope.privileges import capabilities, roles
from sockscope.privileges.invoker import NOBODY

libc, limit, said = ctypes.CDLL(None), capabilities.limit, []

def told(*what, **how):
    said.append(libc.prctl(3, 0, 0, 0, 0))
    limit(*what, **how)

capabilities.limit = told
exec(sys.argv[1])
print(*said)
"""


@pytest.mark.parametrize("user", ["root", "capable"])
@pytest.mark.parametrize("role", [name for name in ROLES if name != "view that stays root"])
def test_nobody_can_look_into_it_while_it_gives_up_what_he_has_not(role: str, user: str) -> None:
    ambient = "+sys_ptrace,+dac_read_search,+sys_admin,+net_admin"
    capable = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups",
               "--inh-caps", ambient, "--ambient-caps", ambient, "--"]  # fmt: skip
    confine = ROLES[role][0] if user == "root" else ROLES[role][0].replace("(NOBODY)", "(None)")
    done = subprocess.run(
        [*AS_NOBODY, *(capable if user == "capable" else ()), sys.executable, "-c", EARLY, confine],
        env={"PATH": os.environ["PATH"], "STAY_ROOT": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["0"], done.stderr


LOOK_INTO = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
here = (ctypes.c_void_p * 2)(ctypes.cast(ctypes.create_string_buffer(8), ctypes.c_void_p).value, 8)

def opened(path):
    try:
        os.close(os.open(path, os.O_RDONLY))
        return True
    except OSError:
        return False

def listed(path):
    try:
        return bool(os.listdir(path))
    except OSError:
        return False

for pid in map(int, sys.argv[1:]):
    handle = os.pidfd_open(pid)
    won = [f"descriptor {fd}" for fd in range(64) if libc.syscall(438, handle, fd, 0) >= 0]
    won += [name for name in ("mem", "environ", "maps", "syscall", "stack") if opened(f"/proc/{pid}/{name}")]
    won += [name for name in ("fd", "map_files") if listed(f"/proc/{pid}/{name}")]
    won += ["copied"] if libc.process_vm_readv(pid, here, 1, here, 1, 0) >= 0 else []
    won += ["compared"] if libc.syscall(312, pid, os.getpid(), 2, 0, 0) >= 0 else []
    won += ["seized"] if libc.ptrace(0x4206, pid, None, None) == 0 else []
    print(*won, sep=",")
"""


def test_nobody_else_of_the_same_user_looks_into_it_or_takes_a_core_of_it() -> None:
    with explorer(program=[*AS_NOBODY, *EXPLORER]) as terminal:
        family = [one.pid for one in terminal.family()]
        assert len(family) == ALL_ROLES
        taken = subprocess.run(
            ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--",
             "/usr/bin/env", "-i", "/usr/bin/python3", "-c", LOOK_INTO, *map(str, family)],
            capture_output=True, text=True, check=True, cwd="/",
        )  # fmt: skip
        assert taken.stdout.splitlines() == [""] * len(family)
        for pid in family:
            limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
            core = next(line.split() for line in limits.splitlines() if line.startswith("Max core file size"))
            assert core[4:6] == ["0", "0"]


def test_a_stopped_spawner_does_not_keep_the_view_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    with explorer(program=[*AS_NOBODY, *EXPLORER], env={"STAY_ROOT": "1"}) as terminal:
        family = terminal.family()
        spawner = next(one for one in family[1:] if one.children())
        spawner.send_signal(signal.SIGSTOP)
        terminal.press(b"q")
        assert terminal.wait_for_end() == 0
        terminal.assert_restored()
        wait_until(lambda: gone(family))
