"""What a relation has entered of each descriptor, to be found by later."""

from collections.abc import Callable, Hashable, Iterable

from msgspec import Struct

from sockscope.model.descriptor import Descriptor


class Entries(Struct, frozen=True, eq=False):
    """Descriptors of some kinds by what they lead to. It is itself the name of its index."""

    kinds: frozenset[str]
    """Only these are asked, so that all others cost nothing."""
    of: Callable[[Descriptor], Iterable[Hashable]]
    """What a descriptor is found by; equal entries of one descriptor count once."""
