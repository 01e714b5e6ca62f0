"""What processes do as time goes by: the processor time that they take, and how fast their tables grow."""

from sockscope.model.keys import ProcessKey
from sockscope.world.index.store import Store


def cpu_percent(store: Store, key: ProcessKey) -> int | None:
    """Return which share of one processor a process has had between the last two looks, in percent; None unknown."""
    share = store.cpu.get(key)
    if share is None and (not store.timed or key not in store.waits or key in store.untimed):
        return None
    return round(100 * (share or 0.0))


def growth(store: Store, key: ProcessKey) -> int | None:
    """Return by how many descriptors a minute a process grows; None unknown."""
    return store.growth.per_minute(key, store.time)
