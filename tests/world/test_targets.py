"""What a user may ask to see, and what is said when it is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.abi.text import clean_str
from sockscope.model.keys import ProcessKey
from sockscope.world.targets.answers import TargetDeniedError, TargetMissingError, TargetSyntaxError
from sockscope.world.targets.forms import read_target, resolve
from sockscope.world.targets.processes import descriptors_of
from sockscope.world.world import World
from tests.report.rich import HIDDEN, SERVER, rich_world
from tests.world.build import START, descriptor, inet, key, pipe_fd, process, socket_fd, udp, unix, world

UNHELD = (
    r"no readable descriptor leads to unix LISTEN /run/x\.sock \(ino 120\): maybe in queue 10:5; held by a process .*"
)


@pytest.fixture
def made() -> World:
    return world(
        socket_fd(1, 3, 5),
        socket_fd(2, 3, 5),
        socket_fd(1, 4, 6),
        socket_fd(1, 5, 7),
        socket_fd(1, 6, 8),
        socket_fd(1, 7, 9),
        socket_fd(1, 8, 10),
        pipe_fd(1, 10, 50, "r"),
        pipe_fd(2, 10, 50, "w"),
        descriptor(1, 11, "file", "a", ino=60, target="/var/log/a"),
        descriptor(1, 12, "file", "b", ino=60),
        inet(5, "0.0.0.0:80"),
        inet(6, "127.0.0.1:80", "127.0.0.1:4000"),
        udp(7, "127.0.0.1:80"),
        unix(8, state="LISTEN", local="/run/x.sock"),
        unix(9, local="@name"),
        inet(10, "[::1]:80"),
    )


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("1:4", [(1, 4)]),
        ("ino:5", [(1, 3)]),
        ("ino:50", [(1, 10)]),
        ("ino:60", [(1, 11), (1, 12)]),
        ("tcp:80", [(1, 3), (1, 8), (1, 4)]),
        ("udp:80", [(1, 5)]),
        (":80", [(1, 3), (1, 8), (1, 4), (1, 5)]),
        ("*:80", [(1, 3), (1, 8), (1, 4), (1, 5)]),
        ("tcp:127.0.0.1:80", [(1, 3), (1, 4)]),
        ("tcp:10.0.0.1:80", [(1, 3)]),
        ("127.0.0.1:80", [(1, 3), (1, 5), (1, 4)]),
        ("[::1]:80", [(1, 8)]),
        ("unix:/run/x.sock", [(1, 6)]),
        ("unix:@name", [(1, 7)]),
        ("/run/x.sock", [(1, 6)]),
        ("@name", [(1, 7)]),
        ("/var/log/a", [(1, 11)]),
    ],
)
def test_one_holder_of_each_matching_object_is_found_listeners_first(
    made: World, text: str, places: list[tuple[int, int]]
) -> None:
    assert resolve(made, text) == [key(*place) for place in places]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        *(("LOCALHOST:80", "localhost:80"), ("api.localhost:80", "localhost:80")),
        ("tcp://localhost:80", "tcp:localhost:80"),
        *(("localhost4:80", "127.0.0.1:80"), ("ip6-localhost:80", "[::1]:80"), ("localhost6:80", "[::1]:80")),
        *(("http://127.0.0.1:80/a?b#c", "127.0.0.1:80"), ("https://me:x@[::1]:80", "[::1]:80")),
        *(("udp://127.0.0.1:80", "udp:127.0.0.1:80"), ("tcp/80", "tcp:80"), ("80/udp", "udp:80"), ("udp/80", "udp:80")),
        ("file:///var/log/a", "/var/log/a"),
    ],
)
def test_what_other_programs_write_means_what_we_write(made: World, text: str, plain: str) -> None:
    assert resolve(made, text) == resolve(made, plain) != []


@pytest.mark.parametrize("name", ["tmux: server", "nginx: worker p", "kworker/0:1", "a:b", "sshd:"])
def test_a_name_with_a_colon_is_that_of_a_process(name: str) -> None:
    made = world(process(1, comm="sh"), process(2, comm=name))
    assert resolve(made, name) == [ProcessKey(2, START)]


def test_a_namespace_is_found_by_its_link_and_by_who_lives_in_it() -> None:
    opened = descriptor(2, 5, "namespace", "net:[70]", ino=70)
    other = descriptor(2, 6, "namespace", "mnt:[70]", ino=70)
    made = world(process(1, netns=70), process(2, netns=71), opened, other)
    assert resolve(made, "net:[70]") == [key(2, 5), ProcessKey(1, START)]
    assert resolve(made, "mnt:[70]") == [key(2, 6)]
    with pytest.raises(TargetMissingError, match=r"^no readable descriptor leads to net:\[72\] and no process lives"):
        resolve(made, "net:[72]")


@pytest.mark.parametrize("text", ["@a\0b", r"@a\x00b", "@a@b", r"unix:@a\x00b"])
def test_an_abstract_name_with_nul_in_it_is_found_as_it_is_and_as_it_is_shown(text: str) -> None:
    made = world(socket_fd(1, 3, 5), unix(5, local="@a\0b"), socket_fd(2, 3, 6), unix(6, local="@a"))
    assert resolve(made, text) == [key(1, 3)]


def test_a_name_as_it_was_given_comes_before_one_that_only_looks_like_it() -> None:
    made = world(socket_fd(1, 3, 5), unix(5, local="@a\0b"), socket_fd(2, 3, 6), unix(6, local="@a@b"))
    assert resolve(made, "@a@b") == [key(2, 3)]


def test_a_number_is_a_process(made: World) -> None:
    assert resolve(made, "2") == [ProcessKey(2, START)]


@pytest.mark.parametrize("name", ["nginx", "server.py"])
def test_a_name_is_every_process_that_is_called_or_was_started_so_the_oldest_first(name: str) -> None:
    older = process(9, start=5, comm="nginx", cmdline=("/opt/server.py",))
    younger = process(3, start=7, comm="nginx", cmdline=("server.py", "-x"))
    assert resolve(world(younger, older, process(4)), name) == [older.key, younger.key]


@pytest.mark.parametrize("name", ["next-srv (v16.2)", "a b", "(sd-pam)", "nb\u00a0sp"])
def test_a_name_may_have_blanks_and_parentheses(name: str) -> None:
    odd = process(9, comm=clean_str(name))
    assert resolve(world(odd), name) == [odd.key]


def test_of_two_by_one_name_the_one_that_has_ended_comes_last() -> None:
    ended = process(9, start=5, comm="nginx", state="Z")
    lives = process(3, start=7, comm="nginx")
    assert resolve(world(ended, lives), "nginx") == [lives.key, ended.key]


def test_what_is_asked_for_can_be_read_before_there_is_a_world() -> None:
    find = read_target("tcp:80")
    assert find(rich_world()) == resolve(rich_world(), "tcp:80")
    with pytest.raises(TargetSyntaxError):
        read_target("tcp:http")


@pytest.mark.parametrize(
    "text",
    [
        *("", ":", "@", "nginx worker", "-x", "1:", ":0", ":65536", "1:x", "-1", "1:2:3", " 1", "1\n", "١"),
        *("ino:", "ino:x", "ino:0", "tcp:", "tcp:http", "tcp:80:90:", "foo:80", "unix:", "[::1]", "999.999"),
    ],
)
def test_what_is_no_target_is_refused_with_the_forms_there_are(made: World, text: str) -> None:
    with pytest.raises(TargetSyntaxError, match="PID:FD"):
        resolve(made, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("77", "no process 77"),
        ("77:1", "no process 77"),
        ("1:99", r"process 1 \(p1\) has no descriptor 99"),
        ("ino:4711", "no readable descriptor and no socket has inode 4711"),
        ("tcp:81", "no socket is bound to tcp:81"),
        ("nginx", "no process is called nginx"),
        ("/nowhere", "no socket is bound to /nowhere and no readable process has it open"),
        ("sctp:80", "no socket is bound to sctp:80"),
        ("unix:/nowhere", "no socket is bound to unix:/nowhere"),
        ("unix:/no\x1b[31mwhere", r"no socket is bound to 'unix:/no\\x1b\[31mwhere'"),
    ],
)
def test_what_does_not_exist_is_said_in_one_line(made: World, text: str, message: str) -> None:
    with pytest.raises(TargetMissingError, match=f"^{message}$"):
        resolve(made, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HIDDEN}:3", r"the descriptors of process 40 \(secret\) cannot be read: permission denied"),
        ("unix:/run/x.sock", UNHELD),
        ("ino:120", UNHELD),
    ],
)
def test_what_exists_and_cannot_be_read_says_so(text: str, message: str) -> None:
    with pytest.raises(TargetDeniedError, match=f"^{message}$"):
        resolve(rich_world(), text)


def test_a_denied_process_itself_can_be_shown() -> None:
    assert resolve(rich_world(), str(HIDDEN)) == [ProcessKey(HIDDEN, START)]


def test_a_port_is_found_by_the_holder_of_the_listener_not_by_one_that_nobody_holds() -> None:
    assert resolve(rich_world(), "tcp:80")[0] == key(SERVER, 3)


def test_what_threads_keep_is_found_at_their_process_once_its_first_thread_has_ended() -> None:
    made = world(process(1, state="Z"), process(9, thread_of=1), socket_fd(9, 4, 5), inet(5, "0.0.0.0:80"))
    assert resolve(made, "1:4") == [key(9, 4)]
    assert list(descriptors_of(made, made.processes[ProcessKey(1, START)])) == [4]
    lives = world(process(1), process(9, thread_of=1), socket_fd(9, 4, 5), inet(5, "0.0.0.0:80"))
    with pytest.raises(TargetMissingError):
        resolve(lives, "1:4")


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        *(("name:nginx", "nginx"), ("comm:nginx", "nginx"), ("pid:5", "5"), ("port:80", ":80"), ("inode:5", "ino:5")),
        *(("path:/x", "/x"), ("inos:5", "ino:5"), ("tpc:80", "tcp:80"), ("tty:3", "pts/3")),
        *(("socket:5", "ino:5"), ("pipe:5", "ino:5")),
    ],
)
def test_a_key_that_one_guesses_is_answered_with_what_to_type(made: World, text: str, instead: str) -> None:
    with pytest.raises(TargetSyntaxError, match=rf"did you mean {instead}\?$"):
        resolve(made, text)


@pytest.mark.parametrize("text", ["/proc/1/fd/4", "/proc/1/fdinfo/4", "/proc/1/task/1/fd/4"])
def test_a_link_of_procfs_is_the_descriptor(made: World, text: str) -> None:
    assert resolve(made, text) == [key(1, 4)]


def test_a_long_argument_is_cut_and_nothing_in_it_reaches_the_terminal(made: World) -> None:
    for text in ("name:" + "x" * 100_000, "\x1b]0;x\x07\u202e" * 10_000, "/" + "\n" * 100_000, "@" + "\u202e" * 999):
        with pytest.raises((TargetSyntaxError, TargetMissingError)) as raised:
            resolve(made, text)
        assert len(str(raised.value)) < 800
        assert str(raised.value).isprintable()


def test_a_thread_is_found_by_its_own_number() -> None:
    assert resolve(world(process(1), process(9, thread_of=1)), "9") == [ProcessKey(9, START)]


@given(st.text(max_size=30))
def test_any_text_is_answered_or_refused_and_never_breaks(text: str) -> None:
    try:
        resolve(rich_world(), text)
    except (TargetSyntaxError, TargetMissingError, TargetDeniedError) as error:
        assert str(error)  # noqa: PT017 - which of the three it is depends on the text
