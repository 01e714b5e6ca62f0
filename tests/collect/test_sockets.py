"""Which sockets are still there: dumps miss long-lived ones, so what is held is asked for before it is called gone."""

import contextlib
import errno
import os
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from sockscope.collect.counters import Counters
from sockscope.collect.processes.cgroups import CgroupPaths
from sockscope.collect.sockets import ask_by_name
from sockscope.collect.sockets.ask_by_name import QuestionsByName
from sockscope.collect.sockets.dumps import Dumps
from sockscope.collect.sockets.families import BY_LABEL, in_use
from sockscope.collect.sockets.netspaces import LEFT, DiagSockets, Keeper, NetNamespace
from sockscope.collect.sockets.sockets import MOST_ELSEWHERE, Held, SocketCollector
from sockscope.kernel import netns
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.protocols import TIME_WAIT
from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket
from tests.live.conftest import wait_until
from tests.requirements import KernelLacks

ME = os.getpid()


class Looking:
    """A collector of sockets with dumps that may be made to miss some."""

    def __init__(self) -> None:
        self.counters = Counters()
        home = netns.read_netns(ME)
        self.namespace = NetNamespace(home, ME)
        self.diag = DiagSockets(home)
        self.dumps = Dumps(self.diag, Procfs(), home, CgroupPaths(), self.counters)
        self.exact = QuestionsByName(self.diag, self.counters)
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
        assert looking.counters.exact == 1


def test_a_tcp_socket_that_a_dump_misses_is_asked_for_by_address_and_keeps_its_cookie(looking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        before = looking.look(listener, fresh=True)[ino(listener)]
        looking.missed.add(ino(listener))
        for _ in range(3):
            assert looking.look(listener) == {ino(listener): before}
        assert looking.counters.exact == 3


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
    with socket.create_server(("127.0.0.1", 0)):
        wanted = {family.label for family in looking.dumps.wanted(looking.namespace, set())}
    assert {"unix", "tcp"} <= wanted
    assert "xdp" not in wanted
    assert "xdp" in {family.label for family in looking.dumps.wanted(looking.namespace, {"xdp"})}


@pytest.mark.parametrize(
    ("counts", "asked"),
    [
        ({"UNIX": 1, "TCP": 0, "TCPv6": 0, TIME_WAIT: 0}, False),
        ({"UNIX": 1, "TCP": 0, "TCPv6": 0, TIME_WAIT: 1}, True),
        ({"UNIX": 1, "TCP": 0, "TCPv6": 0}, True),
        ({"UNIX": 1, "TCP": 0, "TCPv6": 1, TIME_WAIT: 0}, True),
        ({}, True),
    ],
)
def test_the_table_of_tcp_is_walked_only_where_there_may_be_a_socket_in_it(counts: dict[str, int], asked: bool) -> None:
    assert ("tcp" in {family.label for family in in_use(counts, ())}) is asked


@pytest.mark.needs("root", "unshare")
def test_sockets_of_a_namespace_in_which_nobody_lives_are_counted_by_who_enters_it(looking) -> None:
    with subprocess.Popen(["unshare", "--net", "sleep", "infinity"]) as process:
        try:
            wait_until(lambda: netns.read_netns(process.pid) != looking.namespace.inode)
            inode = netns.read_netns(process.pid)
            kept = os.open(f"/proc/{process.pid}/ns/net", os.O_RDONLY)
        finally:
            process.kill()
    empty = NetNamespace(inode, 0, keepers=(Keeper(ME, kept),))
    try:
        assert {family.label for family in looking.dumps.wanted(empty, set())} == {"unix", "netlink"}
        first = looking.diag.get(empty)
        looking.sockets.refresh([looking.namespace, empty], Held({}, (), {}))
        assert looking.diag.get(empty) is not first, "it is counted at each look"
    finally:
        os.close(kept)


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
        before = looking.counters.dumps
        families = looking.dumps.wanted(looking.namespace, set())
        found = looking.look(one, six)
        assert [found[ino(sock)].family for sock in (one, six)] == ["inet", "inet6"]
        assert looking.counters.dumps - before == len([family for family in families if family.dump])
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
        assert (bound.state, bound.local_text) == ("CLOSE", f"127.0.0.1:{sock.getsockname()[1]}")
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
        row, origin = entry.row, replace(looking.dumps.origin(looking.namespace), one_counter=False)
        queued = row._replace(ino=0, state=row.state - 1)
        assert origin.key(queued) == origin.key(row) != row.cookie


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


def test_of_a_namespace_that_is_left_the_held_sockets_stay_and_the_others_go(looking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        before = looking.look(listener, fresh=True)[ino(listener)]
        asked = looking.counters.dumps
        held = Held({ino(listener): descriptor(listener)}, (), {ME: looking.namespace.inode})
        found = looking.sockets.refresh([], held, [looking.namespace])
        assert list(found.values()) == [before], "whether anything else is still there nobody knows"
        assert looking.counters.dumps == asked
        assert looking.dumps.sources([looking.namespace]) == {looking.namespace.inode: ("sock_diag", LEFT)}
        assert looking.look(listener) == {ino(listener): before}
        assert looking.dumps.sources([looking.namespace]) == {looking.namespace.inode: ("sock_diag", "")}


def test_a_namespace_that_was_never_asked_is_described_by_nothing(looking) -> None:
    looking.diag.leave([looking.namespace])
    assert looking.dumps.sources([looking.namespace]) == {looking.namespace.inode: ("", LEFT)}


def test_questions_by_name_have_a_bound_and_who_is_not_asked_about_is_so_later(looking, monkeypatch) -> None:
    monkeypatch.setattr(ask_by_name, "MOST", 3)
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(end) for _ in range(4) for end in socket.socketpair()]
        looking.missed.update(map(ino, socks))
        for looks in range(1, 4):
            found = looking.look(*socks, fresh=looks == 1)
            assert looking.counters.exact == 3 * looks
            assert sum(one.source == "sock_diag" for one in found.values()) == min(3 * looks, len(socks))
        assert {one.ino for one in found.values()} == set(map(ino, socks))


def test_a_held_socket_stays_while_there_is_no_room_to_ask_for_it(looking, monkeypatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        before = looking.look(listener, fresh=True)
        looking.missed.add(ino(listener))
        monkeypatch.setattr(ask_by_name, "MOST", 0)
        for _ in range(3):
            assert looking.look(listener) == before
        assert looking.counters.exact == 0


def test_a_socket_is_asked_for_in_few_namespaces_however_many_there_are(looking, monkeypatch) -> None:
    asked: list[list[NetNamespace]] = []
    monkeypatch.setattr(looking.exact, "unix", lambda _, namespaces: asked.append(list(namespaces)))
    monkeypatch.setattr(looking.diag, "is_open", lambda _: True)
    monkeypatch.setattr(looking.dumps, "wanted", lambda *_: [])
    one, other = socket.socketpair()
    with one, other:
        looking.missed.add(ino(one))
        held = Held({ino(one): descriptor(one)}, (), {ME: looking.namespace.inode})
        many = [NetNamespace(number, ME) for number in range(1, 1000)]
        for _ in range(2):
            looking.sockets.refresh([*many, looking.namespace], held)
    first, again = asked
    assert first[0] == again[0] == looking.namespace
    assert (len(first), len(again)) == (1 + MOST_ELSEWHERE, 1)
