"""One descriptor or process in depth, as a document and as text."""

import msgspec
import pytest

from sockscope.frames.messages import Answer
from sockscope.frames.messages import DescriptorReport as DescriptorAnswer
from sockscope.model.epoll import EpollInstance, Target
from sockscope.model.keys import ProcessKey
from sockscope.model.wait import Wait
from sockscope.report.show import show_document, show_process_document
from sockscope.report.show_records import DescriptorReport
from sockscope.report.show_text import show_process_text, show_text
from tests.report.rich import CLIENT, SERVER, SHELL, descriptor_answer, process_answer, rich_world
from tests.world.build import NOW, START, descriptor, key, process, socket_fd, unix, waiting, world


def shown(pid: int, fd: int, *, asked: bool = True) -> DescriptorReport:
    document = show_document(rich_world(), key(pid, fd), descriptor_answer(pid, fd) if asked else None)
    assert document is not None
    return document


def text(pid: int, fd: int) -> str:
    found = show_text(rich_world(), key(pid, fd), descriptor_answer(pid, fd))
    assert found is not None
    return found


def test_what_is_not_open_has_no_document_and_no_text() -> None:
    assert show_document(rich_world(), key(SERVER, 99), None) is None
    assert show_text(rich_world(), key(SERVER, 99), None) is None
    assert show_process_document(rich_world(), ProcessKey(99, 1), None) is None
    assert show_process_text(rich_world(), ProcessKey(99, 1), None) is None


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        ("perf_event", "anon_inode:[perf_event]"),
        ("landlock", "anon_inode:[landlock-ruleset]"),
        ("anon", "anon_inode:[fscontext]"),
    ],
)
def test_what_only_kcmp_tells_apart_is_never_said_to_be_known_by_its_inode(kind: str, link: str) -> None:
    twins = [
        descriptor(pid, 5, kind, f"{kind}:{number}", target=link, ino=1038, identified="kcmp")
        for pid, number in ((1, 7), (2, 7), (3, 8))
    ]
    seen = world(*(process(pid) for pid in (1, 2, 3)), *twins)
    document = show_document(seen, key(1, 5), None)
    assert document is not None
    assert [one.pid for one in document.holders] == [1, 2]
    assert (document.holders_confidence, document.holders_evidence) == ("proven", "kcmp")
    assert (document.descriptor.object_confidence, document.descriptor.object_evidence) == ("proven", "kcmp")


def test_a_holder_says_whether_exec_closes_it_where_that_is_known() -> None:
    assert [(one.comm, one.cloexec) for one in shown(SERVER, 3).holders] == [("server", True)]
    assert [one.cloexec for one in shown(CLIENT, 3).holders] == [None]


def test_the_queue_of_a_listener_names_who_waits() -> None:
    queue = shown(SERVER, 3).queue
    assert queue is not None
    assert (queue.length, queue.backlog) == (1, 511)
    assert [(one.cookie, one.remote) for one in queue.pending] == [(50, "10.0.0.9:5000")]
    assert shown(SERVER, 4).queue is None


def test_descriptors_in_flight_come_from_the_answer_or_else_from_the_last_refresh() -> None:
    assert shown(SERVER, 5).in_flight == 2
    assert shown(SERVER, 5, asked=False).in_flight == 2
    assert shown(CLIENT, 3, asked=False).in_flight == 0


def test_without_an_answer_what_only_the_collector_knows_is_empty() -> None:
    document = shown(SERVER, 3, asked=False)
    assert (document.fdinfo.raw, document.fdinfo.decoded, document.waiting) == ("", {}, [])


def test_a_failed_answer_is_told_and_not_hidden() -> None:
    refused = Answer(1, SERVER, START, 3, None, None, error="process 10 ended")
    document = show_document(rich_world(), key(SERVER, 3), refused)
    assert document is not None
    assert "process 10 ended" in document.notes


def test_the_terminal_is_that_of_the_process() -> None:
    terminal = shown(SHELL, 0).terminal
    assert terminal is not None
    assert (terminal.tty, terminal.foreground, terminal.sigint_goes_to) == ("pts/1", True, [SHELL])
    assert shown(SERVER, 3).terminal is None


def test_a_process_names_its_neighbours_and_what_lies_between() -> None:
    document = show_process_document(rich_world(), ProcessKey(SERVER, START), process_answer(SERVER))
    assert document is not None
    assert {one.pid: one.phrase for one in document.neighbours} == {
        CLIENT: "1 socketpair, 1 tcp connection",
        SHELL: "1 pipe, 1 pseudo-terminal",
    }
    assert (document.cwd, document.exe, document.threads) == ("/srv", "/usr/bin/server", 2)


LISTENER = """\
10:3  rw  tcp  server -v
A tcp socket that listens on 127.0.0.1:80; connections that wait to be accepted: 1, limit 511 + 1.

Socket
  inode: 100
  cookie: 18704
  netns: 4026531840
  state: LISTEN
  local: 127.0.0.1:80
  uid: 0

Held by (1)  not shared, proven, one inode
    10:3  accept4 now  server -v  close-on-exec

In flight (2)  proven, scm_fds of its fdinfo
  2 descriptors wait in its receive queue, held by nobody until the message is received

Watched by (1)  proven, KCMP_EPOLL_TFD
  ◉ 10:8  server -v  rw
      IN ERR HUP EXCLUSIVE

Same address (1)  proven, one address, other inodes (SO_REUSEPORT)
  ino 103  127.0.0.1:80
    ino 103  held by nobody

Not accepted yet (1)  inferred, no inode yet, and only that listener at its local address has a queue
  10.0.0.9:5000  inferred

Came in here (1)  inferred, local address in LISTEN, and its holder has that listener open
  1 ESTABLISHED
  127.0.0.1:4000
    10:4  server -v  close-on-exec
  ◆ 20:3  /usr/bin/p20 -x

Waiting now (1)  proven, /proc/PID/task/TID/syscall
    10 thread 77  pause

fdinfo
  pos: 0
  flags: O_RDWR
  scm_fds: 2

! one is hidden
"""


def test_the_text_has_each_relation_with_its_evidence() -> None:
    assert text(SERVER, 3) == LISTENER


def test_the_text_of_an_end_says_who_is_at_the_other() -> None:
    assert "Other end (1)  socketpair, proven, UNIX_DIAG_PEER\n  ◆ 20:5  /usr/bin/p20 -x\n" in text(SERVER, 5)


def test_the_text_of_an_epoll_lists_its_targets_as_they_are_now() -> None:
    assert (
        "Targets (2)  see each\n"
        "     3  tcp  LISTEN 127.0.0.1:80  1/511\n"
        "        IN ERR HUP EXCLUSIVE  data 0xffffffffffffffff  proven, fdinfo tfd, KCMP_EPOLL_TFD\n"
        "     9  closed  ino 7\n"
        "        IN  data 0x9  unknown, fdinfo tfd; could not be compared\n"
    ) in text(SERVER, 8)


def test_the_text_of_a_process_lists_what_it_has_open() -> None:
    found = show_process_text(rich_world(), ProcessKey(SHELL, START), process_answer(SHELL))
    assert found is not None
    assert (
        "Neighbours (1)\n"
        "    10  server -v\n"
        "      1 pipe, proven, one inode, opposite access\n"
        "      1 pseudo-terminal, proven, one devpts instance and index\n"
    ) in found
    assert "      2  w   file        /var/log/[/] x\n" in found
    assert (
        "  Ctrl+C     reaches 30 1 process /usr/bin/p30 -x\n"
        "             30  bash  what SIGINT does to it is not known\n"
    ) in found


def test_who_opened_a_file_for_itself_is_counted_and_the_first_few_are_named() -> None:
    null = {"target": "/dev/null", "ino": 4}
    crowd = [descriptor(pid, fd, "char-device", "file:null", **null) for pid in range(100, 120) for fd in (0, 1)]
    heir = descriptor(200, 7, "char-device", "file:null", **null)
    made = world(*(process(pid) for pid in (*range(100, 120), 200)), *crowd, heir)
    report = DescriptorAnswer("", {})
    answer = Answer(1, 100, START, 0, None, report, same_file=((200, 7),))
    document = show_document(made, key(100, 0), answer)
    assert document is not None
    assert len(document.holders) == 41
    said = show_text(made, key(100, 0), answer)
    assert said is not None
    held = said.partition("Held by (41)")[2].partition("\n\n")[0].splitlines()[1:]
    assert [line.strip(" ●").split()[0] for line in held[:-1]] == [
        "100:0",
        "100:1",
        "101:0",
        "101:1",
        "102:0",
        "102:1",
        "200:7",
    ]
    assert held[-1].strip() == "… and 34 more in 17 processes: --format json lists them all"


def test_what_the_holder_of_the_other_end_does_is_said_once_for_all_his_descriptors() -> None:
    made = world(
        process(10), process(20), process(30),
        socket_fd(10, 3, 100), *(socket_fd(20, fd, 101) for fd in (5, 6, 7)), socket_fd(30, 5, 101),
        unix(100, peer_ino=101, recv_q=3), unix(101, peer_ino=100),
        waits=(waiting(20, Wait(20, "read", 5, since=NOW - 3)), waiting(30, running=1)),
    )  # fmt: skip
    said = show_text(made, key(10, 3), None)
    assert said is not None
    told = said.partition("Other end (4)")[2].partition("\n\n")[0].splitlines()[1:]
    assert [line.split()[0] if "◆" not in line else line.split()[1] for line in told] == [
        "20:5", "20:6", "20:7", "read(5)", "30:5", "runs", "here:"
    ]  # fmt: skip
    assert told[3].strip() == "read(5) for 3 s"
    assert told[-1].strip() == "here: 3 bytes to read"


def test_every_holder_of_a_socket_is_named() -> None:
    made = world(*(process(pid) for pid in range(100, 130)), *(socket_fd(pid, 3, 100) for pid in range(100, 130)))
    said = show_text(made, key(100, 3), None)
    assert said is not None
    assert all(f"{pid}:3" in said for pid in range(100, 130))
    assert "more in" not in said


def test_lists_and_prose_are_broken_and_nothing_of_them_is_cut() -> None:
    signals = [f"SIGRTMIN+{number}" for number in range(30)]
    answer = process_answer(SHELL)
    assert answer.process is not None
    in_depth = msgspec.structs.replace(answer.process, signals={"caught": signals})
    answer = msgspec.structs.replace(answer, process=in_depth)
    narrow = show_process_text(rich_world(), ProcessKey(SHELL, START), answer, 60)
    assert narrow is not None
    caught = narrow.partition("Signals\n")[2].partition("\n\n")[0].splitlines()
    assert " ".join(" ".join(caught).split()) == f"caught: {' '.join(signals)}"
    assert max(map(len, caught)) <= 60
    assert all(line.startswith("      ") for line in caught[1:])


def test_the_targets_of_an_epoll_stand_by_number_and_are_not_told_twice() -> None:
    watching = descriptor(1, 9, "epoll", "epoll#5")
    entries = tuple(Target(fd, 1, fd, 1, 1, 0, "closed", "", (), "unknown") for fd in (27, 4, 101, 11))
    made = world(process(1), watching, EpollInstance("epoll#5", entries))
    decoded = {"targets": [{"fd": entry.fd, "events": 1} for entry in entries], "pos": 0}
    said = show_text(made, key(1, 9), Answer(1, 1, START, 9, None, DescriptorAnswer("", decoded)))
    assert said is not None
    told = said.partition("Targets (4)")[2].partition("\n\n")[0].splitlines()[1::2]
    assert [int(line.split()[0]) for line in told] == [4, 11, 27, 101]
    assert "targets:" not in said
    assert "events=" not in said
    assert "pos: 0" in said


def test_lines_are_cut_only_where_a_width_is_given() -> None:
    made = world(descriptor(1, 0, target="/" + "x" * 300))
    whole, narrow = show_text(made, key(1, 0), None), show_text(made, key(1, 0), None, 50)
    assert whole is not None
    assert narrow is not None
    assert "x" * 300 in whole
    assert max(map(len, narrow.splitlines())) == 50
