"""The collector as a process: it greets, sends when asked, answers at once, and ends with its reader."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from sockscope.frames.codec import MessageReader, encode
from sockscope.frames.messages import Answer, Frame, Hello, Inspect, Message, Next, Pace

PATIENCE = 20
"""Seconds until a test gives up on an answer; no test asserts how fast it comes."""


class Reader:
    """The viewer's side of a collector."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sockscope", "collect", "--interval", "0.1", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._messages = self._read()

    def _read(self) -> Iterator[Message]:
        reader = MessageReader()
        out = self.process.stdout.fileno()
        while True:
            ready, _, _ = select.select([out], [], [], PATIENCE)
            assert ready, "the collector says nothing"
            data = os.read(out, 1 << 16)
            if not data:
                return
            yield from reader.feed(data)

    def next(self, kind: type[Message]) -> Message:
        """Return the next of a kind; of frames the next whole one, as others on the machine may have much open."""
        return next(message for message in self._messages if isinstance(message, kind) and not _is_a_part(message))

    def ask(self, *requests) -> None:
        self.process.stdin.write(b"".join(map(encode, requests)))
        self.process.stdin.flush()


def _is_a_part(message: Message) -> bool:
    return isinstance(message, Frame) and (message.preview or message.coverage.waiting_processes > 0)


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.process.kill()
    made.process.wait()
    made.process.stdin.close()
    made.process.stdout.close()


def test_it_greets_then_sends_everything_then_only_changes(reader) -> None:
    hello = reader.next(Hello)
    assert hello.kernel == os.uname().release
    assert reader.next(Frame).full
    reader.ask(Next())
    assert not reader.next(Frame).full


def test_the_processes_come_before_their_tables_are_read(reader) -> None:
    preview = next(message for message in reader._messages if isinstance(message, Frame))
    assert preview.preview
    assert preview.full
    assert not preview.tables
    mine = next(process for process in preview.processes if process.pid == os.getpid())
    frame = reader.next(Frame)
    assert frame.full
    again = next(process for process in frame.processes if process.pid == os.getpid())
    assert (again.key, again.cmdline, again.user) == (mine.key, mine.cmdline, mine.user)
    assert [table for table in frame.tables if table.pid == os.getpid()]


def test_it_sends_no_frame_that_was_not_asked_for(reader) -> None:
    first = reader.next(Frame)
    reader.ask(Inspect(1, os.getpid(), 0), Inspect(2, os.getpid(), 0), Next())
    assert reader.next(Answer).id == 1
    assert reader.next(Answer).id == 2
    assert reader.next(Frame).seq == first.seq + 1


def test_a_descriptor_that_opens_comes_in_a_later_frame_and_goes_again(reader) -> None:
    reader.next(Frame)
    one, other = socket.socketpair()
    inodes = {os.fstat(sock.fileno()).st_ino for sock in (one, other)}
    reader.ask(Next())
    frame = reader.next(Frame)
    opened = {d.ino: d.fd for table in frame.tables if table.pid == os.getpid() for d in table.opened}
    assert inodes <= opened.keys()
    assert {s.ino: s.peer_ino for s in frame.sockets if s.ino in inodes} == dict(
        zip(inodes, reversed([*inodes]), strict=True)
    )
    one.close()
    other.close()
    reader.ask(Next())
    frame = reader.next(Frame)
    closed = {fd for table in frame.tables if table.pid == os.getpid() for fd in table.closed}
    assert {opened[ino] for ino in inodes} <= closed


def test_it_answers_about_a_descriptor_in_depth(reader) -> None:
    frame = reader.next(Frame)
    start = next(process.start for process in frame.processes if process.pid == os.getpid())
    fd = os.eventfd(5)
    try:
        reader.ask(Inspect(7, os.getpid(), start, fd))
        answer = reader.next(Answer)
    finally:
        os.close(fd)
    assert answer.error == ""
    assert answer.descriptor.fields["count"] == 5
    assert "eventfd-count:" in answer.descriptor.raw
    assert answer.process.cwd == os.getcwd()


def test_it_says_when_a_pid_means_another_process_now(reader) -> None:
    reader.next(Frame)
    reader.ask(Inspect(3, os.getpid(), 1))
    assert "another process" in reader.next(Answer).error


def test_it_ends_when_its_reader_hangs_up(reader) -> None:
    reader.next(Frame)
    reader.process.stdin.close()
    assert reader.process.wait(PATIENCE) == 0


def test_it_ends_when_its_parent_is_killed() -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-P', '-m', 'sockscope', 'collect'],"
        " stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child.stdout.read(10)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    watch = os.pidfd_open(child)
    try:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        ready, _, _ = select.select([watch], [], [], PATIENCE)
        assert ready, "the collector outlives its parent"
    finally:
        os.close(watch)
        parent.stdout.close()


def test_garbage_for_a_request_ends_it_with_one_line(reader) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "sockscope", "collect"],
        input=b"\0\0\0\2hi",
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"damaged request" in done.stderr


def test_an_interval_outside_its_bounds_is_taken_to_the_nearest(reader) -> None:
    reader.next(Frame)
    reader.ask(Pace(0.0), Next())
    assert reader.next(Frame).stats.interval == pytest.approx(0.1)


def test_a_nice_collector_lets_everything_else_go_first() -> None:
    made = Reader("--nice")
    try:
        made.next(Frame)
        own = psutil.Process(made.process.pid)
        assert own.nice() >= 10
        assert own.ionice().ioclass == psutil.IOPRIO_CLASS_IDLE
    finally:
        made.process.kill()
        made.process.wait()
        made.process.stdin.close()
        made.process.stdout.close()
