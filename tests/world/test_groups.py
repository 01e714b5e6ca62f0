"""Process groups, and who gets Ctrl+C."""

import pytest

from sockscope.frames.messages import Frame, TerminalReport
from sockscope.model.keys import ProcessKey
from tests.world.build import START, descriptor, process, world

SHELL = process(100, tty="pts/1", tpgid=200, sid=100)
FRONT = process(200, tty="pts/1", tpgid=200, sid=100, pgid=200)
PIPED = process(201, tty="pts/1", tpgid=200, sid=100, pgid=200)
BEHIND = process(300, tty="pts/1", tpgid=200, sid=100, pgid=300)


def test_members_are_ordered_by_pid_however_they_came() -> None:
    made = world(PIPED, FRONT)
    assert made.group_members()[200] == (ProcessKey(200, START), ProcessKey(201, START))


def test_a_process_that_changes_its_group_leaves_the_old_one() -> None:
    made = world(process(1), process(2, pgid=1))
    made.apply(Frame(2, full=False, time=2.0, processes=(process(2, pgid=2),)))
    assert made.group_members() == {1: (ProcessKey(1, START),), 2: (ProcessKey(2, START),)}


def test_a_group_without_members_is_gone() -> None:
    made = world(process(1))
    made.apply(Frame(2, full=False, time=2.0, ended=((1, START),)))
    assert made.group(1) is None
    assert made.groups() == []


def test_a_group_is_named_by_its_leader() -> None:
    group = world(FRONT, PIPED).group(200)
    assert group is not None
    assert (group.leader, group.leader_gone, group.pids) == ("/usr/bin/p200 -x", False, (200, 201))


def test_a_group_whose_leader_is_gone_is_named_by_its_lowest_pid_and_says_so() -> None:
    group = world(PIPED, process(202, pgid=200)).group(200)
    assert group is not None
    assert (group.leader, group.leader_gone) == ("/usr/bin/p201 -x", True)


def test_the_group_of_the_kernel_has_not_lost_its_leader() -> None:
    group = world(process(2, pgid=0)).group(0)
    assert group is not None
    assert not group.leader_gone


def test_only_the_group_that_the_terminal_reads_from_is_in_front() -> None:
    groups = world(SHELL, FRONT, PIPED, BEHIND).groups()
    assert [(group.pgid, group.foreground) for group in groups] == [(100, False), (200, True), (300, False)]


def test_ctrl_c_goes_to_every_member_of_the_foreground_group_and_to_nobody_else() -> None:
    terminal = world(SHELL, FRONT, PIPED, BEHIND).terminal(BEHIND)
    assert terminal is not None
    assert (terminal.tty, terminal.sid, terminal.tpgid) == ("pts/1", 100, 200)
    assert terminal.sigint_goes_to == (200, 201)
    assert terminal.groups == (200, 100, 300)


@pytest.mark.parametrize(
    ("arranged", "effect"),
    [("default", "fatal"), ("caught", "caught"), ("ignored", "ignored"), ("blocked", "blocked"), ("", "")],
)
def test_sigint_is_told_by_what_the_process_has_arranged(arranged: str, effect: str) -> None:
    front = process(200, tty="pts/1", tpgid=200, sid=100, sigint=arranged)
    terminal = world(SHELL, front).terminal(SHELL)
    assert terminal is not None
    assert terminal.sigint_effects == (effect,)


@pytest.mark.parametrize(
    ("arranged", "effect"),
    [("default", "stop"), ("caught", "caught"), ("ignored", "EIO"), ("blocked", "EIO"), ("", "")],
)
def test_a_background_reader_is_told_by_what_a_read_would_come_to(arranged: str, effect: str) -> None:
    behind = process(300, pgid=300, tty="pts/1", tpgid=200, sid=100, sigttin=arranged)
    shown = world(SHELL, FRONT, behind, descriptor(300, 0, "tty", target="/dev/pts/1", access="rw"))
    terminal = shown.terminal(FRONT)
    assert terminal is not None
    assert [(one.key.pid, one.key.fd, one.effect) for one in terminal.background_readers] == [(300, 0, effect)]


@pytest.mark.parametrize(
    ("tty", "opened", "confidence"),
    [("pts/1", "/dev/pts/1", "inferred"), ("pts/1", "/dev/tty", "inferred"), ("tty1", "/dev/tty1", "proven")],
)
def test_a_background_reader_of_a_pseudo_terminal_is_known_by_a_number_alone(
    tty: str, opened: str, confidence: str
) -> None:
    front, behind = (process(pid, pgid=pid, tty=tty, tpgid=200, sid=100) for pid in (200, 300))
    terminal = world(front, behind, descriptor(300, 0, "tty", target=opened, access="rw")).terminal(front)
    assert terminal is not None
    assert [one.confidence for one in terminal.background_readers] == [confidence]


def test_writing_to_the_terminal_from_behind_is_not_reading() -> None:
    shown = world(SHELL, FRONT, BEHIND, descriptor(300, 1, "tty", target="/dev/pts/1", access="w"))
    terminal = shown.terminal(FRONT)
    assert terminal is not None
    assert terminal.background_readers == ()


def test_a_terminal_of_the_same_name_in_another_session_is_another_terminal() -> None:
    stranger = process(900, tty="pts/1", tpgid=900, sid=900)
    terminal = world(SHELL, FRONT, stranger).terminal(stranger)
    assert terminal is not None
    assert terminal.groups == (900,)


def test_a_process_without_a_terminal_has_none() -> None:
    assert world(process(1)).terminal(process(1)) is None


def test_a_member_of_the_session_that_gave_its_terminal_up_is_not_on_it() -> None:
    detached = process(400, sid=100)
    terminal = world(SHELL, FRONT, detached).terminal(SHELL)
    assert terminal is not None
    assert terminal.groups == (200, 100)


ASKED = (("pid", 50), ("fd", 3), ("end", "master"), ("interrupt", "^C"))
"""What a terminal that nobody has touched answers, through its master."""


def told(**answer: object) -> TerminalReport:
    return TerminalReport("", **dict(ASKED) | answer)


@pytest.mark.parametrize(
    ("report", "key", "reached", "confidence", "words"),
    [
        (None, None, (200, 201), "inferred", "unless raw, which was not read"),
        (TerminalReport("it is denied"), None, (200, 201), "inferred", "unless raw, it is denied"),
        (told(), "^C", (200, 201), "proven", "TCGETS through 50:3, the master of its session"),
        (told(end="slave"), "^C", (200, 201), "inferred", "TCGETS through 50:3, a descriptor of its number"),
        (told(signals=False, silenced="raw"), "", (), "proven", "the terminal is raw"),
        (told(signals=False, silenced="external"), "", (), "proven", "whoever has the master acts on keys"),
        (told(signals=False, silenced="discipline"), "", (), "proven", "its line discipline is not that of terminals"),
        (told(interrupt=""), "", (), "proven", "VINTR is off"),
        (told(interrupt="^X"), "^X", (200, 201), "proven", "^X does"),
    ],
)
def test_whom_ctrl_c_reaches_rests_on_how_the_terminal_is_set(
    report: TerminalReport | None, key: str | None, reached: tuple[int, ...], confidence: str, words: str
) -> None:
    made = world(SHELL, FRONT, PIPED, BEHIND)
    if report is not None:
        made.learn_terminal(SHELL, report)
    terminal = made.terminal(BEHIND)
    assert terminal is not None
    interrupt = terminal.interrupt
    assert (interrupt.key, terminal.sigint_goes_to, interrupt.confidence) == (key, reached, confidence)
    assert len(terminal.sigint_effects) == len(reached)
    assert words in f"{interrupt.evidence}; {interrupt.note}"


def test_a_terminal_that_is_no_pseudo_terminal_has_one_number_for_good() -> None:
    member = process(100, tty="tty1", tpgid=100)
    made = world(member)
    made.learn_terminal(member, told(end="slave"))
    terminal = made.terminal(member)
    assert terminal is not None
    assert terminal.interrupt.confidence == "proven"


def test_what_a_terminal_has_answered_holds_for_the_next_picture_and_no_longer() -> None:
    made = world(SHELL, FRONT)
    made.learn_terminal(SHELL, told(signals=False))
    keys = []
    for seq in (made.seq + 1, made.seq + 2):
        made.apply(Frame(seq, full=False, time=float(seq)))
        terminal = made.terminal(FRONT)
        assert terminal is not None
        keys.append(terminal.interrupt.key)
    assert keys == ["", None]
    assert made.terminal_reports == {}


def test_a_terminal_is_asked_through_its_masters_first_and_only_through_its_own_descriptors() -> None:
    fields = {"index": 1, "instance": 9}
    made = world(
        SHELL, FRONT, process(50), process(60),
        descriptor(50, 3, "pty-master", "pty:9:1", target="/dev/ptmx", fields=fields),
        descriptor(60, 4, "pty-master", "pty:8:1", target="/dev/ptmx", fields={"index": 1, "instance": 8}),
        descriptor(100, 0, "tty", "tty:9:1", target="/dev/pts/1", fields=fields),
        descriptor(100, 5, "tty", "tty:9:2", target="/dev/pts/2", fields={"index": 2, "instance": 9}),
        descriptor(200, 1, "tty", "tty:9:1", target="/dev/pts/1", fields=fields),
        descriptor(60, 1, "tty", "tty:9:1", target="/dev/pts/1", fields=fields),
    )  # fmt: skip
    assert [(key.pid, key.fd) for key in made.terminal_slots(FRONT)] == [(50, 3), (200, 1), (100, 0)]
