"""Storms: processes that do one thing over and over, as fast as they can, beside what a test looks at."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.live.conftest import dismiss

_FORKS = """
import os
while True:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
"""
_EXECS = """
import os
again = 'exec 7</dev/null 8<&7; exec sh -c "$0" "$0"'
os.execvp("sh", ["sh", "-c", again, again])
"""
_DESCRIPTORS = """
import os, random, select, socket
MAKERS = (
    lambda: select.epoll(), lambda: os.eventfd(0), lambda: os.pipe(), lambda: os.openpty(),
    lambda: os.memfd_create("m"), lambda: os.pidfd_open(os.getpid()),
    lambda: os.open("/dev/null", os.O_RDONLY), lambda: os.open("/dev/zero", os.O_RDONLY),
)
while True:
    made = [random.choice(MAKERS)() for _ in range(20)]
    for one in made:
        for end in (one if isinstance(one, tuple) else (one,)):
            os.close(end) if isinstance(end, int) else end.close()
"""
_SOCKETS = """
import os, socket
while True:
    pairs = [socket.socketpair() for _ in range(20)]
    pipes = [os.pipe() for _ in range(20)]
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        server.accept()[0].close()
    for pair in pairs:
        for end in pair:
            end.close()
    for pipe in pipes:
        for end in pipe:
            os.close(end)
"""
_NAMESPACES = """
import subprocess
while True:
    subprocess.run(["unshare", "--net", "true"], check=True)
"""
_THREADS = """
import ctypes, os, threading
libc = ctypes.CDLL(None)
def apart():
    libc.unshare(0x400)
    for _ in range(20):
        os.close(os.eventfd(0))
while True:
    threads = [threading.Thread(target=apart) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
"""
STORMS = {
    "forks": (_FORKS, 2),
    "execs": (_EXECS, 1),
    "descriptors": (_DESCRIPTORS, 1),
    "sockets": (_SOCKETS, 1),
    "namespaces": (_NAMESPACES, 1),
    "threads": (_THREADS, 1),
}
"""What each does, and in how many processes: forks are more than 2,000 a second beside a looker."""


@contextmanager
def storms(*names: str) -> Iterator[list[int]]:
    """Let some of them go on for as long as the block runs; gives the pids of those who began."""
    with ExitStack() as stack:
        begun = []
        for script, many in (STORMS[name] for name in names):
            for _ in range(many):
                process = subprocess.Popen(
                    [sys.executable, "-S", "-E", "-c", script],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
                stack.callback(dismiss, process)
                begun.append(process.pid)
        yield begun
