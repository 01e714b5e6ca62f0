"""Files that no name leads to any more, open or mapped: to be found among all descriptors."""

from collections.abc import Iterator

from sockscope.model.descriptor import Descriptor
from sockscope.world.index.entries import Entries

OPEN, MAPPED = "open", "mapped"
DELETED = " (deleted)"


def _of(descriptor: Descriptor) -> Iterator[str]:
    fields = descriptor.fields or {}
    if descriptor.kind == "file":
        if fields.get("links") == 0:
            yield OPEN
    elif descriptor.target.endswith(DELETED):
        yield MAPPED


NAMELESS = Entries(frozenset({"file", "exe", "mem"}), _of)
"""`OPEN` for a file whose last name is gone, `MAPPED` for a program or mapping of which the kernel says that its is."""
