"""All kinds of descriptor, and what is looked up or derived from them.

A kind is a module of this package with a `KIND` in it: there is no list to enter it in.
"""

import pkgutil
import re
from collections.abc import Callable
from importlib import import_module
from typing import cast

from sockscope.kinds.kind import Colour, Kind
from sockscope.model.descriptor import Fields, KindName

_PACKAGE = __name__.rpartition(".")[0]


def _kinds() -> tuple[Kind, ...]:
    """Find every kind, in the order of their names."""
    modules = (import_module(f"{_PACKAGE}.{found.name}") for found in pkgutil.iter_modules(_path()))
    kinds = (getattr(module, "KIND", None) for module in modules)
    return tuple(sorted((kind for kind in kinds if isinstance(kind, Kind)), key=lambda kind: kind.name))


def _path() -> list[str]:
    return list(import_module(_PACKAGE).__path__)


def _name(kind: Kind) -> KindName:
    return cast("KindName", kind.name)


KINDS = _kinds()
NAMES = tuple(kind.name for kind in KINDS)
BY_NAME = {kind.name: kind for kind in KINDS}
BY_ANON_NAME = {name: _name(kind) for kind in KINDS for name in kind.anon}
BY_PREFIX = {prefix: _name(kind) for kind in KINDS for prefix in kind.prefixes}
BY_KEY = {key: _name(kind) for kind in KINDS for key in kind.keys}
_PATHS = [(path, _name(kind)) for kind in KINDS for path in kind.paths]
PATHS = re.compile(b"|".join(b"(%s)" % path for path, _ in _PATHS), re.DOTALL)
"""Links to paths that tell the kind, a group each: `PATH_KINDS[match.lastindex]`."""
PATH_KINDS: tuple[KindName, ...] = ("unknown", *(kind for _, kind in _PATHS))


def _those(fact: Callable[[Kind], bool]) -> frozenset[str]:
    return frozenset(kind.name for kind in KINDS if fact(kind))


# The kinds of which a fact is true; what it means stands beside the field of `Kind`.
MOUNTED = _those(lambda kind: kind.mounted)
OWN_INODE = _those(lambda kind: kind.own_inode)
REOPENED = _those(lambda kind: kind.reopened)
WITH_OFFSET = _those(lambda kind: kind.has_offset)
TWO_ENDED = _those(lambda kind: kind.two_ended)
PTYS = _those(lambda kind: kind.pty)
SETTLED = _those(lambda kind: kind.settled)
UNCONNECTED = _those(lambda kind: not kind.connects)
EVERYDAY = _those(lambda kind: kind.everyday)

COLOURS: dict[str, Colour] = {
    **{kind.name: kind.colour for kind in KINDS},
    **{label: colour for kind in KINDS for label, colour in kind.labels.items()},
}
"""Colour of each kind, and of what users call its varieties."""
SHORT = {kind.name: kind.short for kind in KINDS if kind.short}
SHORTEST = SHORT | {kind.name: kind.shortest for kind in KINDS if kind.shortest}


def phrase(kind: str, target: str, fields: Fields | None) -> str:
    """Say in a few words what a row shows after the kind: `count 3`, `every 1 s, next in 400 ms`, a path.

    `target` is the cleaned text of the link, `fields` the decoded fdinfo, as far as it was read. What is
    not known is left out; where that leaves nothing, the target stands for itself. Never empty.
    """
    known = BY_NAME.get(kind, BY_NAME["unknown"])
    return known.phrase(target, fields or {}) or target or kind


def sentence(kind: str, target: str, fields: Fields | None) -> str:
    """Say what a descriptor is in one plain sentence that ends with a full stop; relations are the world's."""
    known = BY_NAME.get(kind, BY_NAME["unknown"])
    return f"{known.sentence(target, fields or {})}."
