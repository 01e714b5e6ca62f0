"""The filter language: what it reads, how it says what is wrong, and that it writes what it reads."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.world.filter.errors import FilterError
from sockscope.world.filter.keys import GUESSED, KEYS
from sockscope.world.filter.parsing import parse
from sockscope.world.filter.syntax import And, Expression, Field, Not, Or, Words
from sockscope.world.filter.values import AnyHost, Called, Choice, Glob, Longer, Match, Network, Number, Text


def words(*texts: str) -> Words:
    return Words(tuple(map(Text, texts)))


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("", And()),
        ("  ", And()),
        ("nginx", words("nginx")),
        ("nginx worker", And((words("nginx"), words("worker")))),
        ('"nginx worker"', words("nginx worker")),
        (r'"a \"b\" \\c"', words(r'a "b" \c')),
        ("a|b", words("a", "b")),
        ("a b | c", And((words("a"), Or((words("b"), words("c")))))),
        ("(a b) | c", Or((And((words("a"), words("b"))), words("c")))),
        ("-a|b", Not(words("a", "b"))),
        ("-a | b", Or((Not(words("a")), words("b")))),
        ("a-b", words("a-b")),
        ("127.0.0.1:8888", words("127.0.0.1:8888")),
        ("12:5", words("12:5")),
        ("fd:3", Field("fd", (Number(3, 3),))),
        ("FD:3", Field("fd", (Number(3, 3),))),
        ("fds:>100", Field("fds", (Number(101, None),))),
        ("waits:>10s", Field("waits", (Longer(10),))),
        ("waits:>5m|read", Field("waits", (Longer(300), Called(Choice("read"))))),
        ("fds:>=100", Field("fds", (Number(100, None),))),
        ("queue:<4", Field("queue", (Number(None, 3),))),
        ("port:8000-8100", Field("port", (Number(8000, 8100),))),
        ("port:80|443", Field("port", (Number(80, 80), Number(443, 443)))),
        ("port:80|fd:3", Or((Field("port", (Number(80, 80),)), Field("fd", (Number(3, 3),))))),
        ("state:LISTEN", Field("state", (Choice("listen"),))),
        ("-state:listen", Not(Field("state", (Choice("listen"),)))),
        ("state:close-wait", Field("state", (Choice("close_wait"),))),
        ("family:ipv4", Field("family", (Choice("inet"),))),
        ("flag:O_CLOEXEC", Field("flag", (Choice("cloexec"),))),
        ("path:/run/*.sock", Field("path", (Glob("/run/*.sock"),))),
        ('path:"/run/*"', Field("path", (Text("/run/*"),))),
        ("path:/run", Field("path", (Text("/run"),))),
        ("tty:*", Field("tty", (Glob("*"),))),
        ("~^/usr.*so$", Words((Match("^/usr.*so$"),))),
        ("cmd:~(a|b)c", Field("cmd", (Match("(a|b)c"),))),
        ('~"a b"', Words((Match("a b"),))),
        ("(~(a)) b", And((Words((Match("(a)"),)), words("b")))),
        ("remote::443", Field("remote", (AnyHost("443"),))),
    ],
)
def test_a_filter_reads_as_it_is_meant(text: str, expression: object) -> None:
    assert parse(text) == expression


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("remote:10.0.0.0/8", "remote:10.0.0.0/8"),
        ("remote:10.1.2.3", "remote:10.1.2.3"),
        ("local:127.0.0.1:80", "local:127.0.0.1:80"),
        ("local:[::1]:80", "local:[::1]:80"),
        ("local:fe80::/10", "local:fe80::/10"),
    ],
)
def test_addresses_are_read_as_blocks_and_ports(text: str, written: str) -> None:
    (value,) = parse(text).values
    assert isinstance(value, Network)
    assert str(parse(text)) == written


@pytest.mark.parametrize(
    ("text", "wrong", "words"),
    [
        ("a prot:tcp", "prot", "did you mean proto"),
        ("state:lisen", "lisen", "did you mean listen"),
        ("name:nginx", "name", "did you mean comm or cmd"),
        ("ip:10.0.0.1", "ip", "did you mean local or remote"),
        ("dport:80", "dport", "did you mean port?"),
        ("recv-q:>0", "recv-q", "did you mean queue"),
        ("wachers:1", "wachers", "did you mean watchers"),
        ("zzz:1", "zzz", "there are pid"),
        ("state: listen", "state:", "right after the colon, one of listen"),
        ("local:10.1.2.300", "10.1.2.300", "10.1.2.300 is no address"),
        ("kind:sokcet", "sokcet", "did you mean socket"),
        ("kind:epoll flag:cloexe", "cloexe", "cloexec"),
        ("port:http", "http", "takes a number"),
        ("port:9-5", "9-5", "smaller"),
        ("fd:", "fd:", "needs a value"),
        ("fd: 3", "fd:", "needs a value"),
        ("fds>100", "fds>100", "fds:>100"),
        ('a "b', '"b', "not closed"),
        ("(a", "(", "not closed"),
        ("a ()", "()", "nothing between"),
        ('""', '""', "nothing between"),
        ("a)", ")", "nothing was opened"),
        ("a |", "", "missing"),
        ("| a", "|", "missing"),
        ("a - b", "-", "right after"),
        ("a ~", "~", "missing after ~"),
        ("~a)", ")", "nothing was opened"),
        ("~(a", "~(a", "missing )"),
        (r"~(a)\1", r"~(a)\1", "not part"),
        ("~(?=a)", "~(?=a)", "look-around"),
        ("~*", "~*", "nothing to repeat"),
        ("~a{1001}", "~a{1001}", "at most"),
        ("~(a{50}){50}", "~(a{50}){50}", "too large"),
        ("remote:10.0.0.1/8", "10.0.0.1/8", "no block"),
        ("(" * 100, "(", "too deeply"),
        ("-" * 100 + "a", "-", "too deeply"),
    ],
)
def test_an_error_points_at_the_word_that_is_wrong(text: str, wrong: str, words: str) -> None:
    with pytest.raises(FilterError, match=re.escape(words)) as raised:
        parse(text)
    error = raised.value
    assert text[error.position : error.position + error.length] == wrong
    assert f"column {error.position + 1}" in str(error)


def test_what_people_guess_leads_to_keys_and_is_none_itself() -> None:
    assert {key for meant in GUESSED.values() for key in meant} <= set(KEYS)
    assert not set(GUESSED) & set(KEYS)


SYNTAX = st.text(alphabet=string.ascii_lowercase[:6] + '0123456789:|()"\\~-*<>=./[]{}?+^$ @\u00e9', max_size=40)
NAMED = st.builds("{}:{}".format, st.sampled_from([*KEYS, "nokey"]), SYNTAX)
FILTERS = st.lists(st.one_of(SYNTAX, NAMED, st.text(max_size=8)), max_size=5).map(" ".join)


@given(FILTERS)
def test_any_text_is_a_filter_or_an_error_inside_the_text(text: str) -> None:
    found = attempt(text)
    if isinstance(found, FilterError):
        assert 0 <= found.position <= len(text)
        assert "\n" not in str(found)
    else:
        assert parse(str(found)) == found


def attempt(text: str) -> Expression | FilterError:
    try:
        return parse(text)
    except FilterError as error:
        return error


PLAIN = st.text(min_size=1, max_size=10)
LEAVES = st.one_of(
    st.lists(PLAIN.map(Text), min_size=1, max_size=3).map(lambda values: Words(tuple(values))),
    st.lists(PLAIN.map(Text), min_size=1, max_size=3).map(lambda values: Field("cmd", tuple(values))),
    st.lists(PLAIN.map(Text), min_size=1, max_size=3).map(lambda values: Words((*values, Match("a|(b c)")))),
    st.builds(lambda low, more: Field("port", (Number(low, low + more),)), st.integers(0, 9), st.integers(0, 9)),
    st.integers(0, 99).map(lambda low: Field("fds", (Number(low, None), Number(None, low)))),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)


@given(TREES)
def test_what_is_written_reads_as_what_was_meant(expression: Field) -> None:
    assert parse(str(expression)) == expression


def test_a_filter_of_any_length_is_no_filter() -> None:
    with pytest.raises(FilterError, match="at most 4096 characters"):
        parse("a" * 5000)
