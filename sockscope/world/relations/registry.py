"""All relations, in the order in which the pane and the text of `show` tell them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sockscope.world.relations import (
    connections,
    futex_waiters,
    handle_on,
    holders,
    in_flight,
    keeps_open,
    kept_by_io_uring,
    listeners,
    locked_by,
    may_ask,
    may_be_kept_by,
    may_open,
    may_wait,
    noticed_by,
    peers,
    queue,
    same_device,
    siblings,
    targets,
    terminal,
    unheld,
    waiting,
    waits_at,
    watchers,
)
from sockscope.world.relations.relation import Relation
from sockscope.world.relations.tie import OTHER, SAME, WATCH

RELATIONS: tuple[Relation[Any], ...] = (
    holders.RELATION,
    unheld.RELATION,
    may_be_kept_by.RELATION,
    waits_at.RELATION,
    kept_by_io_uring.RELATION,
    peers.RELATION,
    may_open.RELATION,
    handle_on.RELATION,
    keeps_open.RELATION,
    in_flight.RELATION,
    watchers.RELATION,
    locked_by.RELATION,
    noticed_by.RELATION,
    same_device.RELATION,
    siblings.RELATION,
    queue.RELATION,
    may_wait.RELATION,
    listeners.RELATION,
    connections.RELATION,
    targets.RELATION,
    waiting.RELATION,
    may_ask.RELATION,
    futex_waiters.RELATION,
    terminal.RELATION,
)

_PRECEDENCE = {SAME: 0, OTHER: 1, WATCH: 2}
"""Which sign a row with several gets."""
_TELLS_MOST = {OTHER: 0, SAME: 1, WATCH: 2}
"""Which relation is told of two that have several: talking to each other before sharing something."""


def _ordered(order: Mapping[str, int], relations: Iterable[Relation[Any]]) -> tuple[Relation[Any], ...]:
    return tuple(sorted(relations, key=lambda relation: order.get(relation.sign, len(order))))


SIGNS = tuple((one.name, one.sign) for one in _ordered(_PRECEDENCE, RELATIONS) if one.sign)
"""Name and sign of each relation that has one; a row with several relations gets the first of them."""
JOINING = _ordered(_TELLS_MOST, (one for one in RELATIONS if one.link))
"""Relations that make neighbours of two processes."""
LEADING_OUTSIDE = _ordered(_TELLS_MOST, (one for one in RELATIONS if one.outside))
"""Relations that a selection is told of although they lead out of it."""
