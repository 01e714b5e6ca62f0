"""Who can still go on without help from outside: the least fixed point of "live" in a graph of waits."""

from collections import defaultdict, deque
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def not_live(waits: Mapping[Node, Collection[Node] | None]) -> set[Node]:
    """Return the nodes that nothing can set free.

    A node is live when it waits for nothing that is modelled (None), or for ANY of a set in which one is live. What is
    waited for and is no node itself is live: something that was not seen. Work grows with nodes and edges.
    """
    waiters: defaultdict[Node, list[Node]] = defaultdict(list)
    ready: deque[Node] = deque()
    stuck = set(waits)
    for node, ends in waits.items():
        if ends is None:
            ready.append(node)
            continue
        for end in ends:
            if end in waits:
                waiters[end].append(node)
            else:
                ready.append(node)
    while ready:
        node = ready.popleft()
        if node in stuck:
            stuck.discard(node)
            ready.extend(waiters[node])
    return stuck


def knots(waits: Mapping[Node, Collection[Node] | None], among: Iterable[Node]) -> list[set[Node]]:
    """Divide what nothing can set free into its closed cores: sets in which all lead to all, and nothing leads out.

    Whoever is stuck and in no core waits for one. `among` is what `not_live` returned.
    """
    alive = set(among)
    ends = {node: [end for end in waits[node] or () if end in alive] for node in alive}
    parts = _components(ends)
    part_of = {node: part for part, nodes in enumerate(parts) for node in nodes}
    return [
        nodes for part, nodes in enumerate(parts) if all(part_of[end] == part for one in nodes for end in ends[one])
    ]


def _components(ends: Mapping[Node, Collection[Node]]) -> list[set[Node]]:
    """Divide a graph into sets in which all lead to all (Kosaraju): no recursion, chains may be long."""
    backwards: defaultdict[Node, list[Node]] = defaultdict(list)
    for node, others in ends.items():
        for other in others:
            backwards[other].append(node)
    seen: set[Node] = set()
    return [_reached(node, backwards, seen) for node in reversed(_finished(ends)) if node not in seen]


def _finished(ends: Mapping[Node, Collection[Node]]) -> list[Node]:
    """Return the nodes in the order in which a search in depth leaves them."""
    seen: set[Node] = set()
    found: list[Node] = []
    for root in ends:
        if root in seen:
            continue
        seen.add(root)
        path = [(root, iter(ends[root]))]
        while path:
            node, rest = path[-1]
            step = next((end for end in rest if end not in seen), None)
            if step is None:
                found.append(node)
                path.pop()
            else:
                seen.add(step)
                path.append((step, iter(ends[step])))
    return found


def _reached(node: Node, ends: Mapping[Node, Collection[Node]], seen: set[Node]) -> set[Node]:
    """Return what a node leads to that was not seen, itself included."""
    found, ready = {node}, [node]
    seen.add(node)
    while ready:
        for end in ends.get(ready.pop(), ()):
            if end not in seen:
                seen.add(end)
                found.add(end)
                ready.append(end)
    return found
