"""A grouping over a world, by its name."""

from sockscope.world.grouping.objects import ObjectGrouping
from sockscope.world.grouping.placing import PLACINGS
from sockscope.world.grouping.processes import ProcessGrouping
from sockscope.world.world import World

Grouping = ProcessGrouping | ObjectGrouping


def grouping(world: World, name: str) -> Grouping:
    """Make a grouping over a world.

    Raises:
        KeyError: none has this name.
    """
    return ObjectGrouping(world) if name == "object" else ProcessGrouping(world, name, PLACINGS[name])
