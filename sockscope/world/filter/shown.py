"""Everything that rows show of a process and of a descriptor, as one text to look for words in."""

from sockscope.model.descriptor import Descriptor
from sockscope.model.process import Process
from sockscope.world.describe import kind_label, row_text
from sockscope.world.filter.pattern import BETWEEN
from sockscope.world.world import World


def shown_of_process(process: Process) -> str:
    """Number, command, name, owner and terminal of a process."""
    return BETWEEN.join((str(process.pid), process.title, process.comm, process.user, process.tty))


def shown_of_descriptor(world: World, descriptor: Descriptor) -> str:
    """Place, kind and phrase of a descriptor, and the text of its link."""
    label = kind_label(world, descriptor)
    row = row_text(world, descriptor)
    target = "" if descriptor.target == row else descriptor.target
    return BETWEEN.join((f"{descriptor.slot}", label, row, target))
