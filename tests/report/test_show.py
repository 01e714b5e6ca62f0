"""One descriptor or process in depth, as a document and as text."""

from sockscope.frames.messages import Answer
from sockscope.frames.messages import DescriptorReport as DescriptorAnswer
from sockscope.model.keys import ProcessKey
from sockscope.report.records import DescriptorReport
from sockscope.report.show import show_document, show_process_document
from sockscope.report.show_text import show_process_text, show_text
from tests.report.rich import CLIENT, SERVER, SHELL, descriptor_answer, process_answer, rich_world
from tests.world.build import START, descriptor, key, process, socket_fd, world


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
A tcp socket that listens on 127.0.0.1:80; 1 of at most 511 connections wait to be accepted.

Socket
  inode: 100
  cookie: 18704
  netns: 4026531840
  state: LISTEN
  local: 127.0.0.1:80
  uid: 0

Held by (1)  proven
  10:3  rw  server  close-on-exec

Same address, other sockets
  ino 103  127.0.0.1:80

Watched by
  10:8  server  IN ERR HUP EXCLUSIVE  live  proven

Waiting now  proven, /proc/PID/task/TID/syscall
  10  accept4(3)
  10 thread 77  pause()

Accept queue: 1 of at most 511
  10.0.0.9:5000  inferred, no inode yet, local address of the listener

Came in here (1, inferred from the address)
  ino 101  127.0.0.1:80  127.0.0.1:4000
    10:4  rw  server  close-on-exec

In flight: 2 descriptors wait in its receive queue (scm_fds)

fdinfo
  pos: 0
  flags: O_RDWR
  scm_fds: 2

! one is hidden
"""


def test_the_text_has_each_relation_with_its_evidence() -> None:
    assert text(SERVER, 3) == LISTENER


def test_the_text_of_an_end_says_who_is_at_the_other() -> None:
    assert "Other end  socketpair  ino 111  proven, UNIX_DIAG_PEER\n  20:5  rw  client\n" in text(SERVER, 5)


def test_the_text_of_an_epoll_lists_its_targets_as_they_are_now() -> None:
    assert (
        "Watches (2)\n"
        "  fd 3  IN ERR HUP EXCLUSIVE  data 0xffffffffffffffff  live  held by 10:3  proven\n"
        "  fd 9  IN  data 0x9  closed  unknown\n"
    ) in text(SERVER, 8)


def test_the_text_of_a_process_lists_what_it_has_open() -> None:
    found = show_process_text(rich_world(), ProcessKey(SHELL, START), process_answer(SHELL))
    assert found is not None
    assert "Shares with or talks to\n  10  server -v  1 pipe, 1 pseudo-terminal\n" in found
    assert "      2  w   file        /var/log/[/] x\n" in found
    assert "foreground group 30; Ctrl+C sends SIGINT to 30 (effect unknown)\n" in found


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
    assert [line.split()[0] for line in held[:-1]] == ["100:0", "100:1", "101:0", "101:1", "102:0", "102:1", "200:7"]
    assert held[-1].strip() == "… and 34 more in 17 processes; --format json lists them all"


def test_every_holder_of_a_socket_is_named() -> None:
    made = world(*(process(pid) for pid in range(100, 130)), *(socket_fd(pid, 3, 100) for pid in range(100, 130)))
    said = show_text(made, key(100, 3), None)
    assert said is not None
    assert all(f"{pid}:3" in said for pid in range(100, 130))
    assert "more in" not in said


def test_lines_are_cut_only_where_a_width_is_given() -> None:
    made = world(descriptor(1, 0, target="/" + "x" * 300))
    whole, narrow = show_text(made, key(1, 0), None), show_text(made, key(1, 0), None, 50)
    assert whole is not None
    assert narrow is not None
    assert "x" * 300 in whole
    assert max(map(len, narrow.splitlines())) == 50
