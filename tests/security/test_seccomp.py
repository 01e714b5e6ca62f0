"""Filters of system calls, run here as the kernel would run them: each rule refuses what it names, and nothing else."""

import struct
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.abi.call_names import call_names, call_numbers
from sockscope.privileges.refused import to_the_collector, to_the_names, to_the_scribe, to_the_view
from sockscope.privileges.seccomp import Absent, OnlyWith, Rule, WithoutBits, program

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, REFUSE, UNKNOWN = 0x7FFF0000, 0x00050001, 0x00050026
ROLES: Mapping[str, dict[str, Rule]] = {
    "view": to_the_view((5, 6)),
    "scribe": to_the_scribe(),
    "names": to_the_names(),
    "collector": to_the_collector(),
}


def run(machine: str, rules: Mapping[str, Rule], number: int, arguments: tuple[int, ...], architecture: int) -> int:
    """Interpret the filter (classic BPF, as far as it is used) on one `struct seccomp_data`."""
    data = struct.pack("=iIQ6Q", number, architecture, 0, *arguments)
    instructions = tuple(program(rules, machine))
    place = loaded = 0
    for _ in instructions:
        code, true, false, constant = instructions[place]
        if code == 0x06:
            return constant
        if code == 0x20:
            (loaded,) = struct.unpack_from("=I", data, constant)
            place += 1
            continue
        holds = {0x15: loaded == constant, 0x35: loaded >= constant, 0x45: bool(loaded & constant)}[code]
        place += 1 + (true if holds else false)
    pytest.fail("it does not end")


def expected(rule: Rule, arguments: tuple[int, ...]) -> int:
    match rule:
        case None:
            return REFUSE
        case Absent():
            return UNKNOWN
        case OnlyWith(argument, values):
            return ALLOW if arguments[argument] & 0xFFFFFFFF in values else REFUSE
        case WithoutBits(argument, bits):
            return REFUSE if arguments[argument] & bits else ALLOW


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("role", ROLES)
@given(arguments=st.tuples(*[st.integers(0, 7) | st.integers(0, 2**64 - 1)] * 6))
def test_each_call_is_refused_exactly_as_its_rule_says(machine: str, role: str, arguments: tuple[int, ...]) -> None:
    rules = ROLES[role]
    for number, name in call_names(machine).items():
        want = expected(rules[name], arguments) if name in rules else ALLOW
        assert run(machine, rules, number, arguments, MACHINES[machine]) == want, name


@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_of_another_architecture_mean_other_calls_and_are_refused(machine: str) -> None:
    other = next(value for name, value in MACHINES.items() if name != machine)
    assert run(machine, {}, 1, (0,) * 6, other) == REFUSE
    assert run("x86_64", {}, 1 | 1 << 30, (0,) * 6, MACHINES["x86_64"]) == REFUSE


@pytest.mark.parametrize("role", ROLES)
def test_every_call_that_is_refused_is_one(role: str) -> None:
    known = call_numbers("x86_64").keys() | call_numbers("aarch64").keys()
    assert ROLES[role].keys() <= known
