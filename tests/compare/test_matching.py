"""Who is told as the same, another in his place, gone or new."""

from typing import Any

from msgspec.structs import replace

from sockscope.abi.text import clean_str
from sockscope.compare.compare import compare
from sockscope.compare.entry import Count, Difference, Listener, Place
from sockscope.model.keys import PLACES
from tests.compare.build import LATER, compared, side, texts, told
from tests.world.build import NOW, descriptor, inet, pipe_fd, process, socket_fd, udp, unix

APP = process(700, comm="app", cmdline=("app", "-x"))
DATABASE = "10.0.0.7:5432"


def connections(count: int, first: int = 0, pid: int = 700, **known: Any) -> tuple[Any, ...]:
    """Connections of an application to its database."""
    numbers = range(first, first + count)
    return (
        *(socket_fd(pid, 10 + n, 1000 + n) for n in numbers),
        *(inet(1000 + n, f"10.0.0.1:{40000 + n}", DATABASE, **known) for n in numbers),
    )


def server(pid: int, start: int, cookie: int, *more: Any, **known: Any) -> tuple[Any, ...]:
    """A service that listens, one connection that came in, and a log."""
    known = {"comm": "nginx", "cmdline": ("nginx: master",), "cgroup": "/system.slice/nginx.service", **known}
    return (
        process(pid, start=start, **known),
        socket_fd(pid, 6, cookie, start=start),
        inet(cookie, "0.0.0.0:443"),
        socket_fd(pid, 7, cookie + 1, start=start),
        inet(cookie + 1, "10.0.0.1:443", f"10.0.0.9:{5000 + pid}"),
        descriptor(pid, 2, start=start, target="/var/log/error.log", ino=5, dev=(8 << 20) | 1),
        *more,
    )


# What stays


def test_a_moment_compared_with_itself_has_nothing_that_is_another() -> None:
    things = (*server(812, 1000, 100), APP, *connections(3))
    found = compared(things, things)
    assert found.entries == ()
    assert (found.processes, found.descriptors) == (Count(same=2), Count(same=6))


def test_what_moves_while_nothing_happens_is_no_change() -> None:
    before = (APP, socket_fd(700, 3, 1), inet(1, "10.0.0.1:5000", "10.0.0.2:80"))
    after = (replace(APP, state="R"), socket_fd(700, 3, 1), inet(1, "10.0.0.1:5000", "10.0.0.2:80", recv_q=7, send_q=9))
    assert told(before, after) == []


def test_a_file_that_is_opened_anew_under_another_number_is_no_change() -> None:
    def status(fd: int) -> Any:
        return descriptor(700, fd, target="/etc/app.conf", ino=3, dev=(8 << 20) | 1)

    assert told((APP, status(3)), (APP, status(9))) == []


def test_what_has_no_identity_of_its_own_is_the_same_where_it_is_for_the_same() -> None:
    before = (APP, descriptor(700, 3, "eventfd", identified="kcmp"))
    after = (APP, descriptor(700, 8, "eventfd", identified="kcmp"))
    assert told(before, after) == []


def test_who_looked_is_no_part_of_what_he_looks_at_and_kernel_threads_are_none() -> None:
    before = (process(1), process(2, kernel_thread=True, cmdline=()))
    sudo = process(50, comm="sudo", ppid=1)
    after = (process(1), sudo, process(51, ppid=50), process(52, ppid=51))
    found = compare(side(*before), side(*after, time=NOW + LATER, pid=51))
    assert found.equal
    assert texts(compare(side(*before), side(*after, time=NOW + LATER)).entries) != []


def test_who_has_ended_and_waits_for_init_alone_is_nobody() -> None:
    orphan, child = (process(pid, ppid=parent, state="Z", cmdline=()) for pid, parent in ((8, 1), (9, 700)))
    assert told((APP,), (APP, orphan, child)) == ["+ p9 9"]


# A process in another's place


def test_a_service_that_was_started_anew_is_one_change_with_its_listener() -> None:
    found = compared(server(812, 1000, 100), server(9921, 50_000, 300))
    assert texts(found.entries) == ["» nginx 812 → 9921, same listener *:443"]
    (entry,) = found.entries
    assert (entry.listeners, entry.confidence) == ((Listener("tcp", "0.0.0.0:443", same_socket=False),), "inferred")
    assert found.descriptors == Count(same=3)


def test_a_listener_that_was_handed_over_is_the_very_same_socket() -> None:
    known: Any = {"comm": "nginx", "cmdline": ("nginx: master",)}
    after = (process(9921, start=50_000, **known), socket_fd(9921, 6, 100, start=50_000))
    before = (process(812, **known), socket_fd(812, 6, 100))
    (entry,) = compared((*before, inet(100, "0.0.0.0:443")), (*after, inet(100, "0.0.0.0:443"))).entries
    assert entry.listeners == (Listener("tcp", "0.0.0.0:443", same_socket=True),)


def test_a_pid_that_was_given_again_is_another_process() -> None:
    before, after = process(812, comm="cat", cmdline=("cat",)), process(812, start=9000, comm="ls", cmdline=("ls",))
    assert told((before,), (after,)) == ["− cat 812", "+ ls 812"]


def test_workers_that_were_exchanged_are_one_entry() -> None:
    def workers(*pids: int) -> tuple[Any, ...]:
        return tuple(process(pid, start=pid, comm="nginx", cmdline=("nginx: worker",)) for pid in pids)

    assert told(workers(813, 814), workers(920, 921)) == ["» nginx 813, 814 → 920, 921"]
    assert told(workers(813), workers(920, 921)) == ["» nginx 813 → 920", "+ nginx 921: nginx: worker"]


def test_a_service_that_was_started_with_other_arguments_is_still_that_service() -> None:
    before = server(812, 1000, 100, cmdline=("app", "--old"))
    after = server(900, 9000, 300, cmdline=("app", "--new"))
    assert told(before, after) == ["» nginx 812 → 900, same listener *:443, cmdline app --old → app --new"]


def test_of_many_of_a_service_with_other_arguments_nobody_is_taken_for_the_other() -> None:
    def jobs(first: int) -> tuple[Any, ...]:
        known: Any = {"comm": "sh", "cgroup": "/system.slice/cron.service"}
        return tuple(process(pid, start=pid, cmdline=("sh", f"job{pid}"), **known) for pid in (first, first + 1))

    assert [text[0] for text in told(jobs(10), jobs(20))] == ["−", "−", "+", "+"]


def test_a_listener_that_one_started_anew_has_and_the_one_before_had_not_is_told() -> None:
    more = (socket_fd(900, 9, 500, start=9000), inet(500, "0.0.0.0:8080"))
    assert told(server(812, 1000, 100), server(900, 9000, 300, *more)) == [
        "» nginx 812 → 900, same listener *:443",
        "+ tcp listener *:8080 by nginx 812 → 900",
    ]


def test_after_a_boot_nothing_is_the_same_and_all_is_matched_by_what_it_is_for() -> None:
    found = compare(side(*server(812, 1000, 100)), side(*server(812, 1000, 100), boot="another", time=NOW + LATER))
    assert texts(found.entries) == ["» nginx 812 → 812, same listener *:443"]
    assert found.same_boot is False
    assert found.entries[0].listeners == (Listener("tcp", "0.0.0.0:443", same_socket=False),)


def test_a_clock_that_was_set_makes_no_other_process() -> None:
    after = side(*server(812, 1000, 100), time=NOW + LATER, boot_time=1_700_003_600.0)
    assert compare(side(*server(812, 1000, 100)), after).equal


def test_a_moment_that_does_not_say_its_boot_is_matched_by_pid_and_start_and_proves_nothing() -> None:
    before, after = side(APP, boot=""), side(replace(APP, comm="other"), boot="", time=NOW + LATER)
    found = compare(before, after)
    assert found.same_boot is None
    assert texts(found.entries) == ["~ other 700: comm app → other"]
    assert found.entries[0].confidence == "inferred"


def test_another_machine_has_no_process_that_is_the_same() -> None:
    found = compare(side(APP, boot=""), side(APP, boot="", host="web2", time=NOW + LATER))
    assert texts(found.entries) == ["» app 700 → 700"]


def test_what_a_process_has_become_is_said_by_field() -> None:
    after = replace(APP, cmdline=("app", "-y"), state="T", uid=33, user="www-data")
    (entry,) = compared((APP,), (after,)).entries
    assert entry.confidence == "proven"
    assert [one.field for one in entry.differences] == ["cmdline", "user", "state"]
    assert texts((entry,)) == [
        "~ app 700: cmdline app -x → app -y, user root → www-data, state running or waiting → stopped"
    ]


# Descriptors


def test_a_leak_is_one_entry_that_says_that_none_was_closed() -> None:
    found = compared((APP, *connections(12)), (APP, *connections(330)))
    assert texts(found.entries) == [f"+ 318 tcp → {DATABASE} by app 700, none closed (12 → 330)"]
    (entry,) = found.entries
    assert (entry.count, entry.before, entry.after, entry.kept) == (318, 12, 330, 12)
    assert entry.places_after[0] == Place(700, 22)


def test_connections_that_were_exchanged_are_no_leak() -> None:
    assert told((APP, *connections(5)), (APP, *connections(5, first=50))) == [
        f"» 5 × tcp → {DATABASE} by app 700: closed, and opened anew"
    ]
    found = compared((APP, *connections(5)), (APP, *connections(7, first=50)))
    assert texts(found.entries) == [
        f"» 5 × tcp → {DATABASE} by app 700: closed, and opened anew",
        f"+ 2 tcp → {DATABASE} by app 700 (5 → 7)",
    ]


def test_an_added_listener_is_told_by_its_number() -> None:
    after = (APP, socket_fd(700, 5, 9), inet(9, "0.0.0.0:8080"))
    assert told((APP,), after) == ["+ tcp listener *:8080 by app 700:5"]


def test_a_log_that_was_rolled_is_another_file_of_that_name() -> None:
    def log(ino: int) -> Any:
        return descriptor(700, 5, target="/var/log/app.log", ino=ino, dev=(8 << 20) | 1)

    assert told((APP, log(1)), (APP, log(2))) == ["» file /var/log/app.log by app 700:5: another file of this name"]


def test_a_log_that_was_renamed_and_is_still_written_is_said_to_have_another_name() -> None:
    def log(name: str) -> Any:
        return descriptor(700, 5, target=name, ino=1, dev=(8 << 20) | 1)

    assert told((APP, log("/var/log/app.log")), (APP, log("/var/log/app.log.1"))) == [
        "~ file /var/log/app.log by app 700:5: target /var/log/app.log → /var/log/app.log.1"
    ]


def test_connections_that_the_other_end_has_closed_are_one_entry_and_proven() -> None:
    found = compared((APP, *connections(300)), (APP, *connections(300, state="CLOSE_WAIT")))
    assert texts(found.entries) == [f"~ 300 × tcp → {DATABASE} by app 700: state ESTABLISHED → CLOSE_WAIT"]
    assert found.entries[0].confidence == "proven"


def test_where_the_boot_is_not_said_a_cookie_proves_nothing() -> None:
    before = side(APP, *connections(1), boot="")
    (entry,) = compare(before, side(APP, *connections(1, state="CLOSE_WAIT"), boot="", time=NOW + LATER)).entries
    assert (entry.confidence, entry.change) == ("inferred", "changed")


def test_what_each_of_a_cohort_has_of_its_own_does_not_part_it() -> None:
    def logs(suffix: str) -> tuple[Any, ...]:
        return tuple(descriptor(700, fd, "memfd", target=f"memfd{suffix}{fd}", ino=fd, dev=5) for fd in (5, 6))

    (entry,) = compared((APP, *logs(":")), (APP, *logs("."))).entries
    assert entry.differences == (Difference("target", clean_str(""), clean_str("")),)
    assert texts((entry,)) == ["~ 2 × memfd by app 700: another target"]


def test_flags_that_were_not_read_are_no_other_flags() -> None:
    unread, read, other = (descriptor(700, 3, "eventfd", identified="kcmp", flags=flags) for flags in (-1, 2, 0o4002))
    assert told((APP, unread), (APP, read)) == []
    assert told((APP, read), (APP, other)) == ["~ eventfd by app 700:3: flags O_RDWR → O_RDWR O_NONBLOCK"]


def test_a_file_that_was_deleted_is_still_that_file_and_no_other_name() -> None:
    def log(suffix: str, ino: int = 1) -> Any:
        return descriptor(700, 5, target=f"/tmp/x{suffix}", ino=ino, dev=5)

    assert told((APP, log("")), (APP, log(" (deleted)"))) == [
        "~ file /tmp/x by app 700:5: target /tmp/x → /tmp/x (deleted)"
    ]
    assert told((APP, log(" (deleted)")), (APP, log("", ino=2))) == [
        "» file /tmp/x by app 700:5: another file of this name"
    ]


def test_an_inode_that_was_given_to_another_socket_is_another_socket() -> None:
    before = (APP, socket_fd(700, 3, 1), inet(1, "10.0.0.1:5000", "10.0.0.2:80", cookie=8, key=8))
    after = (APP, socket_fd(700, 3, 1), inet(1, "10.0.0.1:5001", "10.0.0.2:80", cookie=9, key=9))
    assert told(before, after) == ["» tcp → 10.0.0.2:80 by app 700:3: closed, and opened anew"]


def test_a_socket_that_has_another_number_is_the_same_socket() -> None:
    before = (APP, socket_fd(700, 3, 1), inet(1, "0.0.0.0:80"))
    after = (APP, socket_fd(700, 9, 1), inet(1, "0.0.0.0:80"))
    assert told(before, after) == ["~ tcp listener *:80 by app 700:9: fd 3 → 9"]


def test_ports_that_were_lent_tell_nothing_apart() -> None:
    before = (APP, socket_fd(700, 3, 1), udp(1, "0.0.0.0:41000"), socket_fd(700, 4, 2), udp(2, "0.0.0.0:53"))
    after = (APP, socket_fd(700, 3, 3), udp(3, "0.0.0.0:52000"), socket_fd(700, 4, 4), udp(4, "0.0.0.0:54"))
    assert told(before, after) == [
        "» udp 0.0.0.0:(lent) by app 700:3: closed, and opened anew",
        "− udp *:53 by app 700:4",
        "+ udp *:54 by app 700:4",
    ]


def test_those_who_call_here_are_told_by_where_from_and_not_by_their_port() -> None:
    after = server(812, 1000, 100, *(socket_fd(812, 20 + n, 900 + n) for n in range(3)),
                   *(inet(900 + n, "10.0.0.1:443", f"10.0.0.9:{7000 + n}") for n in range(3)))  # fmt: skip
    assert told(server(812, 1000, 100), after) == ["+ 3 tcp :443 ← 10.0.0.9 by nginx 812, none closed (1 → 4)"]


def test_unix_sockets_are_told_by_the_name_of_either_end_or_by_whom_they_lead_to() -> None:
    bus = (process(9, comm="dbus"), socket_fd(9, 3, 1), unix(1, local="/run/bus", peer_ino=2))
    pair = (socket_fd(9, 4, 3), unix(3, peer_ino=4))
    after = (APP, *bus, socket_fd(700, 5, 2), unix(2, peer_ino=1), *pair, socket_fd(700, 6, 4), unix(4, peer_ino=3))
    assert told((APP, *bus, *pair), after) == ["+ unix → /run/bus by app 700:5", "+ unix ⇄ dbus by app 700:6"]


def test_a_name_that_the_kernel_has_chosen_tells_nothing() -> None:
    def call(ino: int, name: str) -> tuple[Any, ...]:
        return (socket_fd(700, 3, ino), unix(ino, local=name, type="dgram"))

    assert told((APP, *call(1, "@0001a")), (APP, *call(2, "@0002b"))) == [
        "» unix dgram by app 700:3: closed, and opened anew"
    ]


def test_pipes_are_told_by_their_end() -> None:
    after = (APP, pipe_fd(700, 3, 7, "r"), pipe_fd(700, 4, 7, "w"))
    assert told((APP,), after) == ["+ pipe read end by app 700:3", "+ pipe write end by app 700:4"]


def test_many_programs_that_did_the_same_are_one_entry() -> None:
    apps = [process(pid, comm="worker", cmdline=("worker",)) for pid in range(1, 41)]
    more = [one for app in apps for one in connections(3, first=100 * app.pid, pid=app.pid)]
    assert told(tuple(apps), (*apps, *more)) == [f"+ 120 tcp → {DATABASE} by worker 1, 2 and 38 more, none closed"]


def test_sockets_of_nobody_are_counted_by_what_they_were_for() -> None:
    def waiting(count: int) -> tuple[Any, ...]:
        known: Any = {"cookie": 0, "state": "TIME_WAIT"}
        return tuple(inet(0, f"10.0.0.1:{40000 + n}", DATABASE, key=n + 1, **known) for n in range(count))

    assert told((APP, *waiting(2)), (APP, *waiting(212))) == [
        f"+ 210 TIME_WAIT tcp → {DATABASE}, held by nobody (2 → 212)"
    ]


def test_a_working_directory_that_was_changed_is_a_change_where_both_looks_have_it() -> None:
    def cwd(path: str) -> Any:
        return descriptor(700, PLACES["cwd"], "cwd", target=path, ino=4, dev=(8 << 20) | 1)

    assert told((APP, cwd("/a")), (APP, cwd("/b"))) == ["~ cwd by app 700:cwd: target /a → /b"]
    assert told((APP, cwd("/a")), (APP,)) == []


# What could not be seen


def test_of_a_part_nothing_is_concluded_about_sockets_of_nobody() -> None:
    lone = inet(0, "10.0.0.1:1", DATABASE, key=1, cookie=0)
    part = replace(side(APP), selected=True)
    assert compare(part, side(APP, lone)).equal
    assert compare(side(APP, lone), part).equal


def test_of_whom_could_not_be_read_nothing_is_said() -> None:
    hidden = replace(APP, denied="permission denied")
    found = compared((APP, *connections(3)), (hidden,))
    assert found.entries == ()
    assert found.not_compared == 1


def test_what_may_be_among_what_was_left_is_neither_gone_nor_new() -> None:
    partly = replace(APP, unread=5)
    assert compared((APP, *connections(3)), (partly, *connections(1))).entries == ()
    assert compared((partly, *connections(1)), (APP, *connections(3))).entries == ()
    found = compared((partly, *connections(3)), (APP, *connections(1)))
    assert texts(found.entries) == [f"− 2 × tcp → {DATABASE} by app 700, none opened (3 → 1)"]
    assert found.not_compared == 1


def test_a_socket_that_nobody_described_says_nothing_about_fields() -> None:
    before = (APP, socket_fd(700, 3, 1), inet(1, "10.0.0.1:1", "10.0.0.2:2"))
    after = (APP, socket_fd(700, 3, 1), inet(1, "", source="", state="", cookie=0, backlog=-1, queue=-1))
    assert told(before, after) == []
