"""What the pane tells beyond the relations: details, names, numbers, and how sure each statement is."""

from typing import Any

import msgspec
import pytest

from sockscope.frames.messages import Answer, DescriptorReport, Frame, Inspect
from sockscope.kinds.registry import NAMES as KINDS
from sockscope.kinds.registry import SHORT
from sockscope.model.descriptor import Fields
from sockscope.model.netns import NetworkNamespace
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.model.wait import ProcessWaits, Wait
from sockscope.tui.options import Options
from sockscope.tui.rows.rowkeys import GroupKey
from sockscope.world.index.store import Told
from tests.tui import stage
from tests.tui.driving import Driven, driving
from tests.tui.scripted import ScriptedFeed
from tests.tui.stage import CLIENT, MASTER, NETNS, NOW, SERVER, TEE, WORKER1, WORKER2, dkey, pkey


def words(it: Driven) -> str:
    """The pane without its line breaks."""
    return " ".join(it.pane.split())


def found(details: Fields = {}, fields: Fields = {}, **more: Any) -> ScriptedFeed:  # noqa: B006 - not changed
    """A feed whose collector finds the same of every descriptor."""

    def answer(request: Inspect) -> Answer:
        report = DescriptorReport("pos:\t0", {"pos": 0, **fields}, details)
        return Answer(request.id, request.pid, request.start, request.fd, None, report, **more)

    return ScriptedFeed(answer=answer)


def with_socket(socket: Socket, **more: Any) -> ScriptedFeed:
    full: Frame = stage.first_frame()
    sockets = tuple(socket if one.key == socket.key else one for one in full.sockets)
    return ScriptedFeed(stage.HELLO, msgspec.structs.replace(full, sockets=sockets, **more))


def with_process(process: Process) -> ScriptedFeed:
    full: Frame = stage.first_frame()
    return ScriptedFeed(stage.HELLO, msgspec.structs.replace(full, processes=(*full.processes, process)))


async def click(it: Driven, text: str) -> None:
    """Follow the line of the pane with this text, by a double click."""
    line = next(number for number, line in enumerate(it.pane.splitlines()) if text in line)
    await it.pilot.click("#pane", offset=(4, line), times=2)


async def answered(it: Driven) -> None:
    await it.until(lambda: it.app.main.session.inspection.answer)
    await it.rest()


async def test_holders_of_a_file_that_opened_it_for_themselves_have_an_offset_of_their_own() -> None:
    log = dkey(MASTER, 4)
    async with driving(feed=found(same_file=((WORKER1, 4),), other_files=((WORKER2, 4),))) as it:
        await it.go(log)
        await answered(it)
        assert f"● {WORKER1}:4 same offset nginx: worker" in words(it)
        assert f"● {WORKER2}:4 own offset nginx: worker" in words(it)
        assert "Held by 3 one object, proven, one inode" in words(it)


async def test_sockets_say_nothing_of_offsets() -> None:
    async with driving(feed=found(same_file=((WORKER1, 5),))) as it:
        await it.go(dkey(MASTER, 5))
        await answered(it)
        assert f"● {WORKER1}:5 nginx: worker" in words(it)


async def test_tcp_details_stand_with_where_they_are_from() -> None:
    async with driving(feed=found(details={"rtt_us": 33, "lost": 0, "cwnd": 10, "congestion": "cubic"})) as it:
        await it.go(dkey(WORKER1, 16))
        await answered(it)
        assert "Details sock_diag, when looked at rtt 33 µs cwnd 10 congestion cubic" in words(it)


async def test_descriptors_in_flight_are_counted() -> None:
    async with driving(feed=found(fields={"scm_fds": 3})) as it:
        await it.go(dkey(MASTER, 9))
        await answered(it)
        assert "In flight 3" in words(it)
        assert "proven, scm_fds of its fdinfo" in words(it)


async def test_a_held_socket_that_a_ring_keeps_too_names_the_ring() -> None:
    ring = msgspec.structs.replace(
        stage.anon(MASTER, 20, "io_uring", 9), ino=5000, fields={"files": [{"slot": 0, "path": "socket:[500100]"}]}
    )
    async with driving() as it:
        await it.refresh(stage.delta(2, opened=[ring]))
        await it.go(dkey(SERVER, 3))
        assert f"Kept by io_uring 1 proven, UserFiles of its fdinfo {MASTER}:20" in words(it)


async def test_a_socket_names_its_namespace_its_cgroup_and_what_only_its_family_has() -> None:
    socket = msgspec.structs.replace(
        stage.sockets()[-1], cgroup=77, cgroup_path="/system.slice/web.service", extra={"portid": 4242}, shutdown=2
    )
    names = (NetworkNamespace(NETNS, "blue", "pinned"),)
    async with driving(feed=with_socket(socket, namespaces=names)) as it:
        await it.go(dkey(SERVER, 3))
        assert "netns blue · uid 1000" in words(it)
        assert f"netns {NETNS} blue cgroup /system.slice/web.service portid 4242" in words(it)
        assert "shut down sending" in words(it)


async def test_a_process_names_its_network_namespace() -> None:
    names = (NetworkNamespace(NETNS, "blue", "pinned"),)
    async with driving(feed=with_socket(stage.sockets()[0], namespaces=names)) as it:
        await it.go(pkey(MASTER))
        assert f"netns blue {NETNS}" in words(it)


async def test_a_process_of_another_pid_namespace_shows_both_numbers() -> None:
    inner = stage.process(700, "postgres", inner_pid=12)
    async with driving(feed=with_process(inner)) as it:
        await it.go(pkey(700))
        assert "pid 12 inside postgres" in " ".join(it.drawn(pkey(700)).split())
        assert "inner pid 12 in its own pid namespace" in words(it)


async def test_a_thread_with_a_table_of_its_own_is_a_row_that_leads_to_its_process() -> None:
    thread = stage.process(SERVER + 8, "./server", pgid=SERVER, thread_of=SERVER)
    async with driving(feed=with_process(thread)) as it:
        await it.go(pkey(SERVER + 8))
        assert f"thread of {SERVER}, table of its own" in " ".join(it.drawn(pkey(SERVER + 8)).split())
        assert f"thread of {SERVER} ./server --port 7000 its descriptor table is its own" in words(it)
        await it.press("tab", "enter")
        assert it.cursor == pkey(SERVER)


async def test_who_has_the_table_of_another_process_says_so_in_its_row_and_both_lead_to_each_other() -> None:
    sharer = stage.process(SERVER + 8, "./helper", pgid=SERVER, table_of=SERVER)
    async with driving(feed=with_process(sharer)) as it:
        await it.go(pkey(SERVER + 8))
        assert f"shares the table of {SERVER} ./helper" in " ".join(it.drawn(pkey(SERVER + 8)).split())
        assert f"one table with {SERVER} ./server --port 7000" in words(it)
        await it.press("tab", "enter")
        assert it.cursor == pkey(SERVER)
        assert f"one table with {SERVER + 8} ./helper" in words(it)


async def test_a_thread_that_only_the_picture_after_the_preview_knows_is_listed_with_its_chosen_process() -> None:
    full: Frame = stage.first_frame()
    thread = stage.process(SERVER + 8, "./server", pgid=SERVER, thread_of=SERVER)
    preview = Frame(1, full=True, time=stage.NOW, processes=full.processes, preview=True)
    whole = msgspec.structs.replace(full, seq=2, processes=(*full.processes, thread))
    async with driving(feed=ScriptedFeed(stage.HELLO, preview, whole), options=Options(pids=(SERVER,))) as it:
        await it.until(lambda: it.world.seq == 2)
        assert pkey(SERVER + 8) in it.keys


async def test_a_command_of_many_lines_takes_one_in_the_heading_and_is_told_below() -> None:
    script = "import os\\x0afor pid in os.listdir('/proc'):\\x0a    print(pid)\\x0a" * 8
    many = stage.process(4242, "python3", "-c", script)
    async with driving(feed=with_process(many)) as it:
        await it.go(pkey(4242))
        heading = it.pane.splitlines()[:3]
        assert heading[1].startswith("python3 -c import os")
        assert heading[2] == "", "the next section begins below"
        told = it.pane.partition("command ")[2]
        assert script.replace(" ", "") in "".join(told.split())


async def test_a_pidfd_leads_to_its_process() -> None:
    handle = msgspec.structs.replace(stage.anon(MASTER, 21, "pidfd", 5), ino=777, fields={"pid": TEE, "ended": False})
    async with driving() as it:
        await it.refresh(stage.delta(2, opened=[handle]))
        await it.go(dkey(MASTER, 21))
        assert f"Handle on proven, Pid of its fdinfo {TEE} tee server.log" in words(it)
        await click(it, f"  {TEE}  tee server.log")
        assert it.cursor == pkey(TEE)


async def test_what_a_timer_has_left_reads_as_a_duration() -> None:
    fields = {"remaining_ns": 90_000_000_000, "watches": [{"wd": 1, "dev": "8:1"}]}
    async with driving(feed=found(fields=fields)) as it:
        await it.go(dkey(TEE, 3))
        await answered(it)
        assert "remaining 1 min 30 s watches wd 1 dev 8:1" in words(it)


async def test_every_relation_says_how_sure_it_is_and_how_it_is_known() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 6))
        assert "Held by 3 one object, proven, one inode" in words(it)
        assert "Watched by 1 proven, KCMP_EPOLL_TFD" in words(it)
        assert "Same address 1 proven, one address, other inodes (SO_REUSEPORT)" in words(it)
        await it.go(dkey(WORKER1, 16))
        assert "Other end 1 tcp-loopback, inferred, the same addresses reversed" in words(it)
        assert "Came in through 3 inferred, local address in LISTEN" in words(it)
        await it.go(dkey(WORKER1, 14))
        assert "Targets 6 proven, fdinfo tfd, KCMP_EPOLL_TFD" in words(it)
        await it.go(dkey(CLIENT, 0))
        await it.go(dkey(stage.SLEEP, 1))
        assert "Terminal proven, tty_nr and tpgid of proc_pid_stat" in words(it)
        assert "Other end 1 pty, proven" in words(it)


def end(it: Driven) -> list[str]:
    """What the pane says of the other end, line by line without what stands before."""
    told = it.pane.partition("Other end")[2].partition("\n\n")[0].splitlines()[1:]
    return [line.strip() for line in told]


async def test_beside_the_other_end_stands_what_its_holder_waits_in_and_what_is_unread() -> None:
    async with driving() as it:
        await it.go(dkey(WORKER1, 16))
        assert end(it)[-2:] == ["poll() for 1 min", "here: 2,304 bytes sent and not acknowledged"]
        await it.go(dkey(CLIENT, 5))
        assert end(it)[-2:] == ["epoll_wait(14) for 1 min", "there: 2,304 bytes sent and not acknowledged"]
        await it.go(dkey(MASTER, 9))
        assert end(it)[-1] == "nothing unread in either direction"
        assert [line for line in end(it) if "for 1 min" in line] == [
            "rt_sigsuspend for 1 min",
            "epoll_wait(14) for 1 min",
        ]
        await it.go(dkey(SERVER, 1))
        assert end(it)[-1] == "read(0) for 1 min", "how much lies in a pipe is not told"


async def test_what_keeps_the_holder_of_the_other_end_from_answering_is_said_as_it_comes() -> None:
    halted = (Wait(TEE, "read", 0, halted="stopped", since=stage.NOW - 59),)
    key = stage.start(TEE)
    async with driving() as it:
        await it.go(dkey(SERVER, 1))
        await it.refresh(stage.delta(2, waits=[ProcessWaits(TEE, key, halted, run_ns=5)]))
        assert end(it)[-1] == "stopped; was in read(0) for 1 min"
        await it.refresh(stage.delta(3, waits=[ProcessWaits(TEE, key, running=1, run_ns=5 + 950_000_000)]))
        assert end(it)[-1] == "busy: 95% of a processor"
        await it.refresh(stage.delta(4, waits=[ProcessWaits(TEE, key, running=1, run_ns=5 + 960_000_000)]))
        assert end(it)[-1] == "runs"
        it.world.found = {pkey(TEE): (Told("sick", "stuck", "stuck:1", "It is stuck."),)}
        it.app.main.show_selection(afresh=False)
        assert end(it)[-1] == "runs · sick: stuck"


async def test_evidence_that_is_wider_than_the_pane_is_wrapped_and_not_cut() -> None:
    async with driving(size=(100, 40)) as it:
        await it.press(*["greater_than_sign"] * 3)
        await it.go(dkey(WORKER1, 16))
        assert "tcp-loopback, inferred, the same addresses reversed" in words(it)
        assert all(len(line) <= it.app.main.pane.text_width for line in it.pane.splitlines() if "reversed" in line)


async def test_every_kind_of_descriptor_has_a_row_and_a_pane() -> None:
    kinds = [kind for kind in KINDS if kind != "socket"]
    opened = [stage.descriptor(TEE, fd, kind, f"{kind} target", ino=9000 + fd) for fd, kind in enumerate(kinds, 20)]
    async with driving(options=Options(pids=(TEE,)), size=(160, 60)) as it:
        await it.refresh(stage.delta(2, opened=opened))
        for one in opened:
            number, access, kind, *phrase = it.drawn(one.key).removeprefix("+").split()
            assert (number, access, kind) == (str(one.fd), "rw", SHORT.get(one.kind, one.kind))
            assert phrase
            await it.go(one.key)
            heading, _owner, sentence, *_ = it.pane.splitlines()
            assert heading.split() == [f"{TEE}:{one.fd}", one.kind, "rw"]
            assert sentence


async def test_no_process_of_a_group_is_its_neighbour_though_a_filter_leaves_it_out() -> None:
    async with driving(options=Options(filter="kind:epoll")) as it:
        group = GroupKey("pgrp", MASTER)
        await it.go(group)
        assert pkey(MASTER) not in it.keys
        neighbours = it.pane.partition("Neighbours")[2]
        assert neighbours
        assert str(MASTER) not in neighbours.partition("Terminal")[0]


async def test_the_pane_of_a_group_counts_kernel_threads_apart_as_the_tree_does() -> None:
    async with driving(feed=with_process(stage.process(900, "init", pgid=0))) as it:
        await it.go(GroupKey("pgrp", 0))
        assert "Processes 1 900 init … and 2 kernel threads, not listed" in words(it)


async def test_a_neighbour_by_address_is_inferred_and_one_by_inode_is_proven() -> None:
    async with driving() as it:
        await it.go(pkey(CLIENT))
        assert "1 tcp connection, inferred" in words(it)
        await it.go(pkey(SERVER))
        assert "1 pseudo-terminal, proven" in words(it)


async def test_a_group_counts_its_kernel_threads_while_they_are_hidden() -> None:
    async with driving() as it:
        init = msgspec.structs.replace(it.world.processes[pkey(WORKER1)], pid=1, pgid=0, sid=0)
        await it.refresh(stage.delta(2, processes=[init]))
        it.app.main.listing.go_to(GroupKey("pgrp", 0))
        await it.rest()
        assert "[kthreadd]" not in it.pane
        assert "kernel threads, not listed" in it.pane
        await it.press("K")
        await it.rest()
        assert "[kthreadd]" in it.pane
        assert "not listed" not in it.pane


async def test_a_first_look_that_takes_long_is_no_silence_of_the_collector() -> None:
    now = [NOW]
    whole = stage.first_frame()
    early = Frame(whole.seq, full=True, time=whole.time, processes=whole.processes, preview=True)
    async with driving(feed=ScriptedFeed(stage.HELLO, early), clock=lambda: now[0]) as it:
        assert it.bar("header").endswith("reading …")
        now[0] += 60
        it.app.main.tell_age()
        await it.rest()
        assert (
            it.bar("banner").strip()
            == "the collector has looked at descriptors for the first time for 60 s · R replaces it"
        )
        await it.refresh(msgspec.structs.replace(whole, seq=whole.seq + 1))
        assert not it.bar("banner")
        assert "58 descriptors" in it.bar("header")


async def test_the_inode_of_a_device_is_that_of_its_node() -> None:
    null = msgspec.structs.replace(stage.anon(MASTER, 31, "char-device", 7), ino=3, dev=6, fields={"device": "1:3"})
    async with driving() as it:
        await it.refresh(stage.delta(2, opened=[null]))
        await it.go(dkey(MASTER, 31))
        assert "ino 3 of its node, which all share that open it" in words(it)


@pytest.mark.parametrize(
    ("kind", "link", "called"),
    [
        ("perf_event", "anon_inode:[perf_event]", "perf_event"),
        ("landlock", "anon_inode:[landlock-ruleset]", "Landlock rules"),
        ("anon", "anon_inode:[fscontext]", "fscontext"),
    ],
)
async def test_what_only_kcmp_tells_apart_is_never_said_to_be_known_by_its_inode(
    kind: str, link: str, called: str
) -> None:
    numbers = ((MASTER, 31, 7), (WORKER1, 31, 7), (MASTER, 32, 8))
    opened = [msgspec.structs.replace(stage.anon(pid, fd, kind, number), target=link) for pid, fd, number in numbers]
    async with driving() as it:
        await it.refresh(stage.delta(2, opened=opened))
        await it.go(dkey(MASTER, 31))
        assert called in words(it)
        assert "Held by 2 one object, proven, kcmp" in words(it)
        assert "ino 1038, which all anonymous files share" in words(it)
        await it.go(dkey(MASTER, 32))
        assert "Held by 1 not shared, proven, kcmp" in words(it)
