"""Network namespaces that only a thread lives in: who is asked for them, and what a refresh goes through for that."""

import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, ValuesView

import pytest

from sockscope.collect.sockets.thread_namespaces import ThreadNamespaces
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket

APART = """
import ctypes, sys, threading
def live():
    ctypes.CDLL(None).unshare(0x40000000)
    print(threading.get_native_id(), flush=True)
    sys.stdin.read()
threading.Thread(target=live).start()
"""
INODE = 4242


class Sockets(dict[int, Socket]):
    """Sockets that count how often all of them are gone through."""

    gone_through = 0

    def values(self) -> ValuesView[Socket]:
        self.gone_through += 1
        return super().values()


def undescribed() -> Sockets:
    return Sockets({-INODE: Socket(-INODE, INODE, 0, 0, "", "", "", "")})


def held_by(*pids: int) -> Callable[[int], Collection[Descriptor]]:
    name = f"socket:[{INODE}]"
    return lambda ino: [Descriptor(pid, 1, 3, "socket", name, "rw", name, INODE) for pid in pids if ino == INODE]


@pytest.fixture
def apart() -> Iterator[tuple[int, int]]:
    """A process, and the thread of it that lives in a network namespace of its own."""
    made = subprocess.Popen([sys.executable, "-c", APART], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with made:
        assert made.stdout is not None
        yield made.pid, int(made.stdout.readline())


@pytest.mark.needs("root", "netns")
def test_the_threads_of_who_holds_a_socket_that_nothing_describes_are_asked(apart: tuple[int, int]) -> None:
    pid, thread = apart
    threads = ThreadNamespaces(Procfs())
    found = threads.search(undescribed(), held_by(pid), {os.stat("/proc/self/ns/net").st_ino})
    assert list(found) == [os.stat(f"/proc/{thread}/ns/net").st_ino]
    assert found == threads.still()


@pytest.mark.needs("root", "netns")
def test_any_of_those_who_hold_the_socket_may_have_the_thread(apart: tuple[int, int]) -> None:
    pid, thread = apart
    found = ThreadNamespaces(Procfs()).search(
        undescribed(), held_by(os.getppid(), pid), {os.stat("/proc/self/ns/net").st_ino}
    )
    assert list(found) == [os.stat(f"/proc/{thread}/ns/net").st_ino]


def test_sockets_are_gone_through_again_only_when_they_are_others() -> None:
    threads = ThreadNamespaces(Procfs())
    known = {os.stat("/proc/self/ns/net").st_ino}
    sockets = undescribed()
    for _ in range(5):
        threads.search(sockets, held_by(os.getpid()), known)
    assert sockets.gone_through == 1
    others = undescribed()
    threads.search(others, held_by(os.getpid()), known)
    assert others.gone_through == 1


@pytest.mark.needs("root", "netns")
def test_other_sockets_lead_to_other_threads(apart: tuple[int, int]) -> None:
    pid, thread = apart
    threads = ThreadNamespaces(Procfs())
    known = {os.stat("/proc/self/ns/net").st_ino}
    assert threads.search(Sockets(), held_by(pid), known) == {}
    assert list(threads.search(undescribed(), held_by(pid), known)) == [os.stat(f"/proc/{thread}/ns/net").st_ino]
