"""A world and the JSON that was made of it are one side; a moment is equal to itself, whatever there is in it."""

import pytest

from sockscope.compare.compare import compare
from sockscope.compare.from_json import read_side
from sockscope.compare.from_world import side_of
from sockscope.report.encoding import to_json
from sockscope.report.selection import Selection
from sockscope.report.snapshot import snapshot_document
from sockscope.world.world import World
from tests.compare.build import greeting
from tests.findings.zoo import LIVE, SICK
from tests.report.rich import rich_world, world_of_every_relation
from tests.world.build import HELLO, frame

WORLDS = {
    "nothing": World(),
    "rich": rich_world(),
    "every relation": world_of_every_relation(),
}
for situation in (*SICK, *LIVE):
    made = World()
    made.greet(greeting("b00t", pid=1))
    made.apply(frame(*situation.things, waits=situation.waits, **situation.rest))
    WORLDS[situation.name] = made


@pytest.mark.parametrize("name", WORLDS)
def test_what_a_world_and_its_json_say_is_one_and_equal_to_itself(name: str) -> None:
    world = WORLDS[name]
    side = side_of(world)
    read = read_side(to_json(snapshot_document(world, Selection())).encode())
    assert read == side
    found = compare(read, side)
    assert found.equal
    if world.hello is not HELLO and name != "nothing":
        assert found.same_boot is True


def test_a_part_says_that_it_is_one() -> None:
    selection = Selection(pids=frozenset({10}))
    assert read_side(to_json(snapshot_document(rich_world(), selection)).encode()).selected is True
