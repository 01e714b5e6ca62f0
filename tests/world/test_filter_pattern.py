"""Patterns find what Python's re finds, and their cost grows with the text alone."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockscope.world.filter.pattern import automaton
from sockscope.world.filter.pattern.automaton import MAX_STATES, Automaton
from sockscope.world.filter.pattern.reading import PatternError, read_pattern

ATOMS = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "[a-c-]", r"\d", r"\w", r"\.", "[]x]", r"[\d.]"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "{,2}"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=6,
)
EDGED = st.tuples(st.sampled_from(["", "^"]), PATTERNS, st.sampled_from(["", "$"])).map("".join)
SUBJECTS = st.text(alphabet="abcdA.1-] x", max_size=12)


@settings(max_examples=300)
@given(EDGED, SUBJECTS)
def test_a_pattern_finds_what_re_finds(pattern: str, subject: str) -> None:
    # `{,2}` is read as `{0,2}` by re as well.
    expected = re.search(pattern, subject, re.IGNORECASE) is not None
    assert Automaton(read_pattern(pattern)).search(subject) is expected


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_an_error_with_its_place(text: str) -> None:
    found = attempt(text)
    if isinstance(found, PatternError):
        assert 0 <= found.position <= len(text)
    else:
        assert found.search("abc") in {True, False}


def attempt(text: str) -> Automaton | PatternError:
    try:
        return Automaton(read_pattern(text))
    except PatternError as error:
        return error


@pytest.mark.parametrize(
    "pattern", ["(a*)*b", "(a|a)*b", "(a|aa)+b", "a*a*a*a*a*a*b", "(.*)(.*)(.*)x", "(a?){15}a{15}b"]
)
def test_a_pattern_that_makes_others_backtrack_makes_one_step_a_character(
    pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    original = automaton.derivative
    monkeypatch.setattr(automaton, "derivative", lambda node, char: taken.append(char) or original(node, char))
    found = Automaton(read_pattern(pattern))
    assert not found.search("a" * 4000)
    derived = len(taken)
    assert not found.search("a" * 4000)
    assert len(taken) == derived, "a text that was met before is searched without a new state"


def test_states_are_forgotten_before_they_become_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automaton, "MAX_STATES", 8)
    found = Automaton(read_pattern("(a|b)*a(a|b){5}c"))
    assert found.search("abbabbaabbabab" + "abbbbb" + "c")
    assert not found.search("abbabbaabbabab" + "bbbbbb" + "c")
    assert len(found._states) <= 8 < MAX_STATES


def test_an_edge_is_that_of_the_text_and_never_a_character_of_it() -> None:
    assert Automaton(read_pattern("^$")).search("")
    assert not Automaton(read_pattern("^.$")).search("")
    assert not Automaton(read_pattern("[^a]")).search("")
    assert Automaton(read_pattern("a^b|x$y|ok")).search("ok")
