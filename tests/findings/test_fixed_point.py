"""Who can still go on: the fixed point against a search through every schedule, on small graphs of all shapes."""

from collections.abc import Iterator
from itertools import combinations, pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from sockscope.findings.fixed_point import knots, not_live

Graph = dict[int, frozenset[int] | None]
SIZE = 6

graphs = st.integers(1, SIZE).flatmap(
    lambda size: st.fixed_dictionaries(
        {node: st.none() | st.frozensets(st.integers(0, size - 1), max_size=3) for node in range(size)}
    )
)


def can_be_freed(graph: Graph, node: int) -> bool:
    """Whether some schedule sets a node free: one after the other goes on, each waited for by the next."""
    others = [one for one in graph if one != node]
    return any(
        graph[order[0]] is None and all(one in (graph[after] or ()) for one, after in pairwise(order))
        for length in range(len(others) + 1)
        for first in permutations(others, length)
        if (order := (*first, node))
    )


def subsets(nodes: set[int]) -> Iterator[set[int]]:
    for size in range(1, len(nodes) + 1):
        yield from map(set, combinations(sorted(nodes), size))


@given(graphs)
def test_what_is_stuck_no_schedule_sets_free(graph: Graph) -> None:
    assert not_live(graph) == {node for node in graph if not can_be_freed(graph, node)}


@given(graphs)
def test_knots_are_the_smallest_closed_sets(graph: Graph) -> None:
    stuck = not_live(graph)
    closed = [some for some in subsets(stuck) if all(end in some for node in some for end in graph[node] or ())]
    smallest = [some for some in closed if not any(other < some for other in closed)]
    assert sorted(map(sorted, knots(graph, stuck))) == sorted(map(sorted, smallest))


def test_what_was_not_seen_is_live() -> None:
    assert not_live({"waiter": frozenset({"nobody knows"})}) == set()


def test_who_waits_for_nobody_is_stuck() -> None:
    assert not_live({"stopped": frozenset(), "waiter": frozenset({"stopped"})}) == {"stopped", "waiter"}


def test_a_chain_may_be_long() -> None:
    length = 50_000
    chain: Graph = {node: frozenset({node + 1}) for node in range(length)}
    chain[length] = frozenset()
    stuck = not_live(chain)
    assert len(stuck) == length + 1
    assert knots(chain, stuck) == [{length}]
