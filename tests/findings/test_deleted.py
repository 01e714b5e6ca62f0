"""Files without a name that take room, replaced programs, and what is meant to have no name."""

from typing import Any

import pytest

from sockscope.findings.rules import deleted
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import FIRST_MAPPED, PLACES
from tests.findings.looking import found
from tests.world.build import descriptor, key

BIG = 150 << 20


def log(pid: int, fd: int, size: int = BIG, **known: Any) -> Descriptor:
    fields = {"bytes": 1 << 40, "allocated_bytes": size, "links": 0}
    return descriptor(
        pid,
        fd,
        "file",
        known.pop("of", ""),
        target="/var/log/x.log (deleted)",
        **{"access": "w", "fields": fields, **known},
    )


def program(pid: int, target: str) -> Descriptor:
    return descriptor(pid, PLACES["exe"], "exe", f"exe:{target}", target=target)


def mapped(pid: int, target: str, permissions: str = "r-x", **known: Any) -> Descriptor:
    fields = {"shared": False, "permissions": permissions}
    return descriptor(pid, FIRST_MAPPED, "mem", f"mem:{target}", target=target, fields=fields, **known)


def test_a_log_that_was_removed_and_goes_on_growing_is_suspect() -> None:
    (finding,) = found("deleted", log(10, 3))
    assert (finding.severity, finding.confidence, finding.subjects) == ("suspect", "proven", (key(10, 3),))
    assert finding.sentence == "p10 10 keeps 150 MiB in a file that no name leads to any more"
    assert "once /var/log/x.log; nobody who was read has it open for reading" in finding.evidence[0]


def test_many_small_ones_of_a_holder_are_counted_together() -> None:
    (finding,) = found("deleted", *(log(10, 3 + n, 15 << 20) for n in range(10)))
    assert "in 10 files" in finding.sentence


def test_what_several_hold_is_counted_once() -> None:
    (finding,) = found("deleted", log(10, 3, of="log"), log(11, 3, of="log"))
    assert finding.subjects == (key(10, 3),)
    assert "held by p11 11 too" in finding.evidence[0]


@pytest.mark.parametrize(
    "things",
    [
        pytest.param((log(10, 3, access="rw"),), id="a temporary file"),
        pytest.param((log(10, 3, of="log"), log(11, 3, of="log", access="r")), id="another reads it"),
    ],
)
def test_what_can_still_be_read_is_worth_a_note(things: tuple[Descriptor, ...]) -> None:
    (finding,) = found("deleted", *things)
    assert finding.severity == "note"


@pytest.mark.parametrize(
    "thing",
    [
        pytest.param(log(10, 3, fields={"links": 0}), id="of unknown size"),
        pytest.param(log(10, 3, fields=None), id="a file that has a name like that"),
        pytest.param(log(10, 3, flags=0o10000000), id="it stands for the name"),
        pytest.param(descriptor(10, 3, "memfd", target="/memfd:x (deleted)", fields={"bytes": BIG}), id="a memfd"),
        pytest.param(program(10, "/usr/bin/x"), id="a program"),
        pytest.param(program(10, "/memfd:runc (deleted)"), id="a program in memory"),
        pytest.param(mapped(10, "/dev/zero (deleted)", "rw-"), id="shared memory"),
        pytest.param(mapped(10, "/tmp/ffi8x (deleted)"), id="code that it has made"),
        pytest.param(mapped(10, "/lib/libc.so.6 (deleted)", "r--"), id="a library of which nothing runs"),
        pytest.param(mapped(10, "/lib/libc.so.6 (deleted)", unproven=True), id="one that was not told from others"),
    ],
)
def test_what_is_meant_so_is_left_alone(thing: Descriptor) -> None:
    assert found("deleted", thing) == []


def test_small_files_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("deleted", log(10, 3, (100 << 20) - 1)) == []
    monkeypatch.setattr(deleted, "BYTES", 1)
    assert len(found("deleted", log(10, 3, (100 << 20) - 1))) == 1


@pytest.mark.parametrize("make", [program, mapped])
def test_what_was_replaced_is_found_once_with_all_who_run_it(make: Any) -> None:
    (finding,) = found("deleted", *(make(pid, "/usr/lib/x.so.1 (deleted)") for pid in (10, 11, 12)))
    assert (finding.severity, finding.confidence) == ("note", "inferred")
    assert finding.sentence == "p10 10 and 2 more runs /usr/lib/x.so.1, which has been replaced or removed"
    assert len(finding.subjects) == 3
