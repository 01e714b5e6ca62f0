"""The processes that share something with the selected ones or talk to them, with what lies between."""

from sockscope.model.keys import ProcessKey
from sockscope.report.sections.processes import neighbours
from sockscope.tui.panes.section import NEIGHBOURS, Section, fitted, text_line
from sockscope.tui.rows.surroundings import AT_REST, Surroundings
from sockscope.world.world import World


def neighbour_section(world: World, around: Surroundings, width: int) -> list[Section]:
    """List the neighbours of the selected process or group; nothing where it has none."""
    if around.neighbours is None:
        why = f"not looked for among more than {AT_REST:,} descriptors" if around.too_many else "looking …"
        return [Section("Neighbours", (text_line(why, "dim"),))]
    signs = {key: sign for key, sign in around.highlight.marks.items() if isinstance(key, ProcessKey)}
    return fitted(neighbours(world, around.neighbours, signs, NEIGHBOURS), width)
