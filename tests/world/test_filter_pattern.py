"""Patterns find what Python's re finds, and their cost grows with the text alone."""

import random
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockscope.world.filter.errors import FilterError
from sockscope.world.filter.parsing import parse
from sockscope.world.filter.pattern import BETWEEN, MAX_PROGRAM, MAX_TEXT, Pattern, PatternError, _compiled

ATOMS = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "[a-c-]", r"\d", r"\w", r"\.", "[]x]", r"[\d.]", "[{,2}]"])
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
    assert Pattern(pattern).search(subject) is expected


@given(EDGED, st.lists(SUBJECTS, min_size=1, max_size=3))
def test_a_pattern_is_found_in_one_column_and_never_across_two(pattern: str, columns: list[str]) -> None:
    expected = any(re.search(pattern, column, re.IGNORECASE) is not None for column in columns)
    assert Pattern(pattern).search(BETWEEN.join(columns)) is expected


@given(st.text(max_size=30) | st.text(alphabet="ab()[]{}|*+?^$\\,-:=!<>dwsP1\n\ud800", max_size=30))
def test_any_text_is_a_pattern_or_an_error_of_one_line(text: str) -> None:
    found = attempt(text)
    if isinstance(found, PatternError):
        assert str(found).isprintable()
    else:
        assert found.search("abc") in {True, False}


def attempt(text: str) -> Pattern | PatternError:
    try:
        return Pattern(text)
    except PatternError as error:
        return error


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(a", "missing )"),
        ("a)", "unbalanced )"),
        ("[a", "missing ]"),
        ("*", "nothing to repeat before *"),
        ("a**", "** repeats what is repeated"),
        ("a{1001}", "{1001} is too large a count"),
        ("(a{50}){50}", "{50} is too large a count"),
        ("a{3,2}", "{3,2} is too large a count or falls"),
        ("(?=a)", "look-around is not part"),
        (r"(a)\1", r"\1 is not part"),
        ("[b-a]", "b-a is neither a rising range"),
        ("(?P<->a)", "does not name a group"),
        ("a\\", "a backslash at the end"),
        (r"\pL{100}", "too large"),
        ("\udc80", "half a character"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_said_in_our_words(pattern: str, words: str) -> None:
    with pytest.raises(PatternError, match=re.escape(words)):
        Pattern(pattern)


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|a)*b", "(a|aa)+b", "a*a*a*a*a*a*b", "(.*)(.*)(.*)x"])
def test_a_pattern_that_makes_others_backtrack_stays_a_small_program(pattern: str) -> None:
    # Steps are at most instructions times characters (re2/nfa.cc), and both are bounded; the text makes `re` take
    # 2 to the power of 4,096 steps, which no test would outlive.
    found = Pattern(pattern)
    assert _compiled(pattern).programsize < 100 < MAX_PROGRAM
    assert not found.search("a" * MAX_TEXT)


def test_text_beyond_the_bound_is_not_searched() -> None:
    assert Pattern("b").search("a" * (MAX_TEXT - 1) + "b")
    assert not Pattern("b").search("a" * MAX_TEXT + "b")


def test_memory_is_bounded_however_many_states_a_search_could_make() -> None:
    # An automaton of this pattern has 2 to the power of 200 states; a text without order meets a new one at each
    # character, of about a kilobyte.
    found = Pattern("(a|b)*a(a|b){200}c")
    dice = random.Random(1)
    texts = ["".join(dice.choices("ab", k=MAX_TEXT)) for _ in range(20)]
    assert not found.search(texts[0])
    before = resident()
    assert not any(map(found.search, texts))
    assert resident() - before < 8 << 20


def resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def test_an_edge_is_that_of_the_text_and_never_a_character_of_it() -> None:
    assert Pattern("^$").search("")
    assert not Pattern("^.$").search("")
    assert not Pattern("[^a]").search("")
    assert Pattern("a^b|x$y|ok").search("ok")


def test_whoever_searches_without_a_pattern_does_not_load_re2() -> None:
    code = (
        "import sys; from sockscope.world.filter.parsing import parse; parse('kind:socket cmd:*nginx*');"
        " assert 're2' not in sys.modules; parse('~a'); assert 're2' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_re2_a_pattern_says_what_is_missing_and_everything_else_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    _compiled.cache_clear()
    assert str(parse("kind:socket cmd:*nginx*")) == "kind:socket cmd:*nginx*"
    with pytest.raises(FilterError, match=re.escape("pip install 'sockscope[patterns]'")) as raised:
        parse("kind:socket cmd:~^/usr")
    assert raised.value.position == len("kind:socket cmd:")
