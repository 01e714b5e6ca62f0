"""Everything about one descriptor's surroundings, put together from the rooms that know a part."""

from sockscope.model.keys import DescriptorKey
from sockscope.world.relations import Related
from sockscope.world.store import Store


def related(store: Store, key: DescriptorKey) -> Related | None:
    """Holders, other ends, siblings, watchers and targets of one descriptor, None when it is not open."""
    descriptor = store.descriptor(key)
    if descriptor is None:
        return None
    return Related(
        descriptor=descriptor,
        socket=store.socket_of(descriptor),
        holders=(key,) if descriptor.unproven else store.holders(descriptor.object),
        holders_confidence="unknown" if descriptor.unproven else "proven",
    )
