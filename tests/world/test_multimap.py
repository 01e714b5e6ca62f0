"""A multimap answers like a dictionary of sets, whatever was asked in between."""

from hypothesis import given
from hypothesis import strategies as st

from sockscope.world.index.multimap import Multimap

STEPS = st.lists(st.tuples(st.sampled_from(["add", "discard", "get"]), st.integers(0, 2), st.integers(0, 3)))


@given(STEPS)
def test_it_equals_a_dictionary_of_sets(steps: list[tuple[str, int, int]]) -> None:
    made: Multimap[int, int] = Multimap()
    truth: dict[int, set[int]] = {}
    for step, key, value in steps:
        if step == "add":
            made.add(key, value)
            truth.setdefault(key, set()).add(value)
        elif step == "discard":
            made.discard(key, value)
            truth.get(key, set()).discard(value)
        assert made.get(key) == tuple(sorted(truth.get(key, ())))
        assert made.count(key) == len(truth.get(key, ()))
    present = {key for key, values in truth.items() if values}
    assert (set(made), len(made)) == (present, len(present))
    assert all(key in made for key in present)
    assert {key for key in range(3) if key in made} == present
