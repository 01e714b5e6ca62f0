"""Whatever there is on two sides: seen from the other side, what is gone is new, and all else is as it was."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sockscope.compare.compare import compare
from sockscope.compare.entry import Comparison
from sockscope.report.diff_words import entry_text
from tests.compare.build import LATER, side
from tests.world.build import NOW, descriptor, inet, process, socket_fd, udp, unix

MIRRORED = {"gone": "new", "new": "gone", "replaced": "replaced", "changed": "changed"}
COMMANDS = ("app", "nginx", "sh")


@st.composite
def moments(draw: Any) -> tuple[Any, ...]:
    """Some processes with some descriptors, of which those of two moments have something in common."""
    things: list[Any] = []
    for pid in sorted(draw(st.sets(st.integers(1, 5), max_size=4))):
        name = draw(st.sampled_from(COMMANDS))
        start = draw(st.sampled_from((1000, 2000)))
        things.append(
            process(
                pid,
                start=start,
                comm=name,
                cmdline=(name, draw(st.sampled_from(("-x", "-y")))),
                cgroup=draw(st.sampled_from(("", "/system.slice/a.service"))),
                state=draw(st.sampled_from("SRT")),
                unread=draw(st.sampled_from((0, 0, 0, 3))),
                denied=draw(st.sampled_from(("", "", "", "permission denied"))),
            )
        )
        things += [_open(draw, pid, fd, start) for fd in sorted(draw(st.sets(st.integers(3, 8), max_size=5)))]
    things += [draw(st.sampled_from(_sockets(ino, draw(st.integers(0, 9))))) for ino in range(1, 7)]
    return tuple(things)


def _open(draw: Any, pid: int, fd: int, start: int) -> Any:
    ino = draw(st.integers(1, 6))
    kinds = (
        socket_fd(pid, fd, ino, start=start),
        descriptor(pid, fd, start=start, target=f"/f{draw(st.integers(1, 2))}", ino=ino, dev=5),
        descriptor(pid, fd, "eventfd", start=start, identified="kcmp"),
    )
    return draw(st.sampled_from(kinds))


def _sockets(ino: int, cookie: int) -> tuple[Any, ...]:
    return (
        inet(ino, "0.0.0.0:80"),
        inet(ino, f"10.0.0.1:{5000 + ino}", "10.0.0.2:80", cookie=cookie),
        udp(ino, f"0.0.0.0:{40000 + ino}"),
        unix(ino, peer_ino=7 - ino),
    )


def amounts(found: Comparison) -> dict[tuple[str, str], int]:
    counts: Counter[tuple[str, str]] = Counter()
    for entry in found.entries:
        counts[entry.subject, entry.change] += entry.count
    return counts


@given(moments(), moments())
def test_sides_that_are_exchanged_exchange_what_is_gone_and_new(before: Any, after: Any) -> None:
    first, second = side(*before), side(*after, time=NOW + LATER)
    there, back = compare(first, second), compare(second, first)
    mirrored = {(subject, MIRRORED[change]): count for (subject, change), count in amounts(back).items()}
    assert amounts(there) == mirrored
    assert (there.processes.same, there.descriptors.same) == (back.processes.same, back.descriptors.same)
    assert (there.processes.gone, there.descriptors.gone) == (back.processes.new, back.descriptors.new)
    assert there.not_compared == back.not_compared


@given(moments(), moments())
def test_every_process_and_descriptor_is_told_once(before: Any, after: Any) -> None:
    first, second = side(*before), side(*after, time=NOW + LATER)
    found = compare(first, second)
    count = found.processes
    assert count.same + count.changed + count.replaced + count.gone == len(first.processes)
    assert count.same + count.changed + count.replaced + count.new == len(second.processes)
    for name in ("places_before", "places_after"):
        places = [place for entry in found.entries for place in getattr(entry, name)]
        assert len(places) == len(set(places))
    assert all(entry_text(entry).isprintable() for entry in found.entries)


@given(moments())
def test_a_moment_is_equal_to_itself(things: Any) -> None:
    assert compare(side(*things), side(*things, time=NOW + LATER)).entries == ()


@given(moments(), moments(), st.randoms(use_true_random=False))
def test_in_what_order_things_are_listed_makes_no_difference(before: Any, after: Any, random: Any) -> None:
    first, second = side(*before), side(*after, time=NOW + LATER)
    mixed = []
    for one in (first, second):
        lists = {name: list(getattr(one, name)) for name in ("processes", "descriptors", "sockets")}
        for found in lists.values():
            random.shuffle(found)
        known = {name: getattr(one, name) for name in one.__struct_fields__}
        mixed.append(type(one)(**known | {name: tuple(found) for name, found in lists.items()}))
    assert compare(*mixed) == compare(first, second)
