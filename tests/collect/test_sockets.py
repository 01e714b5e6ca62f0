"""Which sockets are still there: dumps miss long-lived ones, so what is held is asked for before it is called gone."""

import errno
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sockscope.collect.cgroups import CgroupPaths
from sockscope.collect.dumps import Dumps
from sockscope.collect.exact import ExactQuestions
from sockscope.collect.families import BY_LABEL
from sockscope.collect.netspaces import DiagSockets, NetNamespace
from sockscope.collect.sockets import Held, SocketCollector
from sockscope.collect.work import Work
from sockscope.kernel import netns
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket
from tests.requirements import KernelLacks

ME = os.getpid()


class Looking:
    """A collector of sockets with dumps that may be made to miss some."""

    def __init__(self) -> None:
        self.work = Work()
        home = netns.read_netns(ME)
        self.namespace = NetNamespace(home, ME)
        self.diag = DiagSockets(home)
        self.dumps = Dumps(self.diag, Procfs(), home, CgroupPaths(), self.work)
        self.exact = ExactQuestions(self.diag, self.work)
        self.sockets = SocketCollector(self.diag, self.dumps, self.exact)
        self.missed: set[int] = set()
        """Inodes that dumps pass over."""
        honest = self.dumps.rows

        def rows(namespace: NetNamespace, family: Any) -> Any:
            found, place = honest(namespace, family)
            return [row for row in found if row.ino not in self.missed], place

        self.dumps.rows = rows  # type: ignore[method-assign]

    def look(self, *socks: socket.socket, fresh: bool = False) -> dict[int, Socket]:
        """Refresh, with these sockets held by this process, and return what is known of them by inode."""
        held = {ino(sock): descriptor(sock) for sock in socks}
        found = self.sockets.refresh(
            [self.namespace], Held(held, set(held) if fresh else (), {ME: self.namespace.inode})
        )
        return {one.ino: one for one in found.values() if one.ino in held}


def ino(sock: socket.socket) -> int:
    return os.fstat(sock.fileno()).st_ino


def descriptor(sock: socket.socket) -> Descriptor:
    number = ino(sock)
    return Descriptor(ME, 0, sock.fileno(), "socket", f"socket:[{number}]", "rw", f"s:{number}", number)


@pytest.fixture
def looking() -> Iterator[Looking]:
    made = Looking()
    yield made
    made.sockets.close()
    made.diag.close()


def test_a_unix_socket_that_a_dump_misses_is_asked_for_by_inode(looking) -> None:
    one, other = socket.socketpair()
    with one, other:
        looking.missed.add(ino(one))
        found = looking.look(one, fresh=True)[ino(one)]
        assert (found.source, found.peer_ino) == ("sock_diag", ino(other))
        assert looking.work.exact == 1


def test_a_tcp_socket_that_a_dump_misses_is_asked_for_by_address_and_keeps_its_cookie(looking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        before = looking.look(listener, fresh=True)[ino(listener)]
        looking.missed.add(ino(listener))
        for _ in range(3):
            assert looking.look(listener) == {ino(listener): before}
        assert looking.work.exact == 3


def test_a_row_that_cannot_be_confirmed_stays_for_one_refresh_and_no_longer(looking, monkeypatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        before = looking.look(listener, fresh=True)[ino(listener)]
        looking.missed.add(ino(listener))
        monkeypatch.setattr(looking.exact, "again", lambda *_: None)
        assert looking.look(listener)[ino(listener)] == before
        after = looking.look(listener)[ino(listener)]
        assert (after.source, after.cookie, after.protocol) == ("sockprotoname", 0, "tcp")


def test_a_socket_that_nobody_holds_any_more_is_gone_at_once(looking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = ino(listener)
        assert looking.look(listener, fresh=True)
        looking.missed.add(number)
        found = looking.sockets.refresh([looking.namespace], Held({}, (), {}))
        assert number not in {one.ino for one in found.values()}


def test_a_socket_that_has_not_changed_keeps_its_description(looking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        first = looking.look(listener, fresh=True)[ino(listener)]
        assert looking.look(listener)[ino(listener)] is first


def test_a_family_without_sockets_is_not_asked_for(looking) -> None:
    wanted = {family.label for family in looking.dumps.wanted(looking.namespace, set())}
    assert {"unix", "tcp"} <= wanted
    assert "xdp" not in wanted
    assert "xdp" in {family.label for family in looking.dumps.wanted(looking.namespace, {"xdp"})}


def test_a_kernel_without_a_handler_is_asked_once(looking, monkeypatch) -> None:
    asked = []

    def absent(diag: Any) -> list[Any]:
        asked.append(diag)
        raise FileNotFoundError(2, "No such file or directory")

    family = BY_LABEL["packet"]._replace(dump=absent)
    for _ in range(3):
        looking.dumps.rows(looking.namespace, family)
    assert len(asked) == 1
    assert looking.dumps.absent == {"packet": "No such file or directory"}


def test_a_namespace_is_not_entered_through_a_pid_that_means_another_process_by_now(looking) -> None:
    stale = NetNamespace(looking.namespace.inode + 1, ME)
    assert looking.diag.get(stale) is None
    assert looking.diag.failures[stale.inode]


def test_tcp_over_both_versions_of_ip_is_asked_for_once(looking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("::1", 0), family=socket.AF_INET6) as six:
        looking.look(one, six)  # the first looks for everything
        before = looking.work.dumps
        families = looking.dumps.wanted(looking.namespace, set())
        found = looking.look(one, six)
        assert [found[ino(sock)].family for sock in (one, six)] == ["inet", "inet6"]
        assert looking.work.dumps - before == len([family for family in families if family.dump])
        assert [family.label for family in families if "TCP" in family.names] == ["tcp"]


def test_a_socket_that_is_only_bound_is_found_by_its_name_and_followed_when_it_listens(looking) -> None:
    with socket.socket() as sock:
        looking.look(sock, fresh=True)
        assert looking.look(sock, fresh=True)[ino(sock)].source == "sockprotoname"
        sock.bind(("127.0.0.1", 0))
        bound = looking.look(sock, fresh=True)[ino(sock)]
        if bound.source == "sockprotoname":
            reason = "the kernel lists no sockets that are only bound: before Linux 6.8"
            raise KernelLacks(reason)
        assert (bound.state, bound.local) == ("CLOSE", f"127.0.0.1:{sock.getsockname()[1]}")
        assert looking.look(sock)[ino(sock)].key == bound.key
        sock.listen()
        assert looking.look(sock, fresh=True)[ino(sock)].state == "LISTEN"


def test_a_cookie_of_two_namespaces_with_counters_of_their_own_does_not_make_one_socket_of_two(looking) -> None:
    """A fake: this kernel has one counter for all its namespaces, as Linux has since 5.4."""
    honest, elsewhere = looking.dumps.rows, NetNamespace(1, ME)

    def rows(namespace: NetNamespace, family: Any) -> Any:
        found, place = honest(looking.namespace, family)
        wanted = ino(here if namespace is looking.namespace else there)
        numbered = [row._replace(cookie=7) for row in found if row.ino == wanted]
        return numbered, replace(place, netns=namespace.inode, one_counter=False)

    looking.dumps.rows = rows
    with socket.create_server(("127.0.0.1", 0)) as here, socket.create_server(("127.0.0.1", 0)) as there:
        held = {ino(sock): descriptor(sock) for sock in (here, there)}
        found = looking.sockets.refresh(
            [looking.namespace, elsewhere], Held(held, set(held), {ME: looking.namespace.inode})
        )
        assert {(one.ino, one.cookie, one.netns) for one in found.values()} == {
            (ino(here), 7, looking.namespace.inode),
            (ino(there), 7, elsewhere.inode),
        }


def test_a_socket_keeps_its_key_when_it_is_accepted_also_where_namespaces_count_for_themselves(looking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        key = looking.look(sock)[ino(sock)].key
        (entry,) = (one for one in looking.sockets._known.values() if one.socket.key == key)
        row, place = entry.row, replace(looking.dumps.place(looking.namespace), one_counter=False)
        queued = row._replace(ino=0, state=row.state - 1)
        assert place.key(queued) == place.key(row) != row.cookie


class BreakingOff:
    """A netlink socket that fails once, after the first datagram of an answer."""

    def __init__(self, whole: socket.socket) -> None:
        self.send, self.close = whole.send, whole.close
        self._receive = whole.recv
        self._received = 0

    def recv(self, size: int) -> bytes:
        self._received += 1
        if self._received == 2:
            raise OSError(errno.ENOBUFS, "No buffer space available")
        return self._receive(size)


def test_an_answer_that_breaks_off_is_asked_for_again_on_a_new_netlink_socket(looking) -> None:
    # Enough for several datagrams.
    pairs = [socket.socketpair() for _ in range(200)]
    ours = [sock for pair in pairs for sock in pair]
    try:
        diag = looking.diag.get(looking.namespace)
        diag._socket = BreakingOff(diag._socket)
        looking.look(*ours, fresh=True)
        assert list(looking.dumps.refused) == [(looking.namespace.inode, "unix")]
        found = looking.look(*ours)
        assert looking.dumps.refused == {}
        assert {one.source for one in found.values()} == {"sock_diag"}
        assert len(found) == len(ours)
        assert looking.diag.get(looking.namespace) is not diag
    finally:
        for sock in ours:
            sock.close()
