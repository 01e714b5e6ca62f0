"""Text from outside is safe to show, whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.abi.text import clean, clean_lines, clean_str


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"nginx: worker process", "nginx: worker process"),
        ("grüße/日本/🎉".encode(), "grüße/日本/🎉"),
        (b"\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        (b"two\nlines\tand\rmore\x7f", r"two\x0alines\x09and\x0dmore\x7f"),
        (b"\xc2\x9b31m", r"\x9b31m"),
        (b"not utf-8: \xff\x80", r"not utf-8: \xff\x80"),
        (b"lone surrogate: \xed\xa0\x80", r"lone surrogate: \xed\xa0\x80"),
        ("\u202egnp.exe\u2066\u200e\u061c".encode(), r"\u202egnp.exe\u2066\u200e\u061c"),
        ("pass\u200bword\u2060\ufeff\u00ad".encode(), "pass\\u200bword\\u2060\\ufeff\\u00ad"),
        ("a\u2028b\u2029c\u00a0d\u3000e".encode(), r"a\u2028b\u2029c\u00a0d\u3000e"),
        ("\ue000\u0378\U000e0041".encode(), r"\ue000\u0378\U000e0041"),
        ("\u3164\u115f\ufe0f\U000e0100".encode(), r"\u3164\u115f\ufe0f\U000e0100"),
        (rb"C:\temp\x1b", r"C:\temp\x1b"),
        (b"[@click=app.quit]here[/]", "[@click=app.quit]here[/]"),
        (b"", ""),
    ],
)
def test_what_could_steer_a_terminal_or_hide_becomes_a_visible_escape(raw: bytes, shown: str) -> None:
    assert clean(raw) == shown


def test_a_surrogate_that_is_not_an_undecodable_byte_is_shown_by_its_number() -> None:
    assert clean_str("\ud800\udc7f\udc80\udfff") == r"\ud800\udc7f\x80\udfff"


def test_lines_stay_lines_and_tabs_become_spaces() -> None:
    assert clean_lines(b"pos:\t0\nname:\t\x1b[2J\r\n") == "pos: 0\nname: \\x1b[2J\\x0d\n"


@given(st.binary())
def test_any_bytes_become_printable_text(raw: bytes) -> None:
    assert clean(raw).isprintable()


@given(st.text())
def test_any_text_becomes_printable_text(text: str) -> None:
    assert clean_str(text).isprintable()


@given(st.binary())
def test_any_bytes_become_printable_lines_as_many_as_there_were(raw: bytes) -> None:
    lines = clean_lines(raw).split("\n")
    assert all(line.isprintable() for line in lines)
    assert len(lines) == raw.count(b"\n") + 1


@given(st.binary())
def test_cleaning_what_is_clean_changes_nothing(raw: bytes) -> None:
    assert clean(clean(raw).encode()) == clean(raw)


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert clean(text.encode()) == text
