"""Network namespaces take turns where there are too many for one look."""

from sockscope.collect.sockets.netspaces import NetNamespace
from sockscope.collect.sockets.rounds import Rounds

OURS, OTHERS = NetNamespace(1, 10), [NetNamespace(number, number) for number in range(2, 12)]
ALL = [OURS, *OTHERS]


def look(rounds: Rounds, first: tuple[int, ...] = ()) -> set[int]:
    rounds.begin()
    asked, left = rounds.choose(ALL, first)
    assert asked[0] == OURS
    assert sorted([*asked, *left]) == sorted(ALL)
    return {one.inode for one in asked[1:]}


def test_all_have_their_turn_in_as_few_looks_as_can_be() -> None:
    rounds = Rounds(5)
    looks = [look(rounds) for _ in range(6)]
    assert all(len(one) == 4 for one in looks)
    for three in (looks[:3], looks[3:]):
        assert set().union(*three) == {one.inode for one in OTHERS}


def test_where_there_is_room_for_all_nobody_is_left() -> None:
    assert look(Rounds(len(ALL))) == {one.inode for one in OTHERS}


def test_what_somebody_waits_for_comes_first() -> None:
    rounds = Rounds(3)
    assert {11, 10} == look(rounds, (10, 11))
    assert {11} < look(rounds, (11,))


def test_chosen_again_in_one_look_they_are_the_same() -> None:
    rounds = Rounds(4)
    rounds.begin()
    asked, left = rounds.choose(ALL)
    assert rounds.choose([*ALL, NetNamespace(99, 99)])[0] == asked
    assert left


def test_what_has_ended_is_forgotten() -> None:
    rounds = Rounds(4)
    look(rounds)
    rounds.begin()
    rounds.choose([OURS])
    assert rounds._asked.keys() == {OURS.inode}
