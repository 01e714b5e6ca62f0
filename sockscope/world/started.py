"""When a process began, as a reader's clock has it."""

from sockscope.model.process import Process
from sockscope.world.index.store import Store


def start_time(store: Store, process: Process) -> float | None:
    """Return the start of a process in seconds since the epoch, to a hundredth; None where nobody has greeted."""
    if store.hello is None or store.hello.ticks <= 0:
        return None
    return round(store.hello.boot_time + process.start / store.hello.ticks, 2)
