"""What a terminal may send: keys are keys, text is text, and nothing that is neither takes them along."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from sockscope.tui import terminal_input
from sockscope.tui.terminal_input import LONGEST_PASTE, TerminalInput, without_excess

INTERRUPT = b"\x03"
JUNK = (
    b"\xff", b"\xe9", b"\xc3", b"\x1b[200~never ends", b"\x1b[1114112u", b"\x1b[55296u", b"\x1b[99999999999u",
    b"\x1b[97;999u", b"\x1b[99999999999999999999;1R", b"\x1b[48;9999;9999;0;0t", b"\x1b[48;0;0;0;0t",
    b"\x1b[<0;9999;9999M",
    b"\x1b[<64;-1;0M", b"\x1b]52;c;" + b"Q" * 3500, b"\x1b[?2026;99$y", b"\0" * 50, b"\x1b[I\x1b[O" * 100,
)  # fmt: skip


def keys(messages: list[Message]) -> list[str]:
    return [message.key for message in messages if isinstance(message, events.Key)]


def pastes(messages: list[Message]) -> list[str]:
    return [message.text for message in messages if isinstance(message, events.Paste)]


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let time pass without waiting for it."""
    now = time.monotonic()
    monkeypatch.setattr(terminal_input.time, "monotonic", lambda: now + seconds)


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_ctrl_c_is_understood_after_anything(junk: bytes) -> None:
    terminal = TerminalInput()
    list(terminal.feed(junk))
    assert keys(list(terminal.feed(INTERRUPT)))[-1:] == ["ctrl+c"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(JUNK) | st.binary(max_size=40) | st.just(b"\x1b[201~"), max_size=12))
def test_any_bytes_are_taken_and_then_keys_are_keys(pieces: list[bytes]) -> None:
    terminal = TerminalInput()
    for piece in pieces:
        list(terminal.feed(piece))
        list(terminal.tick())
    list(terminal.feed(INTERRUPT))
    # Whatever sequence was open has ended with it.
    assert keys(list(terminal.feed(b"j" + INTERRUPT)))[-2:] == ["j", "ctrl+c"]


def test_a_byte_that_is_no_text_costs_itself() -> None:
    assert [key for key in keys(list(TerminalInput().feed(b"a\xffb\xe9c"))) if len(key) == 1] == ["a", "b", "c"]


def test_characters_of_several_bytes_may_come_in_pieces() -> None:
    terminal = TerminalInput()
    found = [message for byte in "é".encode() for message in terminal.feed(bytes([byte]))]
    assert [message.character for message in found if isinstance(message, events.Key)] == ["é"]


def test_what_is_pasted_is_one_text() -> None:
    found = list(TerminalInput().feed(b"x\x1b[200~one\ntwo\x1b[201~y"))
    assert (keys(found), pastes(found)) == (["x", "y"], ["one\ntwo"])


def test_a_paste_keeps_its_first_characters_and_no_more_than_fit() -> None:
    found = list(TerminalInput().feed(b"\x1b[200~" + b"a" * (LONGEST_PASTE + 10) + b"\x1b[201~j"))
    assert (keys(found), [len(text) <= LONGEST_PASTE for text in pastes(found)]) == (["j"], [True])


def test_a_paste_that_nobody_ends_is_over_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = TerminalInput()
    found = list(terminal.feed(b"\x1b[200~half"))
    assert (keys(found), pastes(found)) == ([], [])
    later(monkeypatch, 2.0)
    # The text comes with the next character: until then Textual's parser cannot tell.
    found = [*terminal.tick(), *terminal.feed(b"j")]
    assert (keys(found), pastes(found)) == (["j"], ["half"])


def test_only_the_last_focus_and_sizes_of_screens_are_taken() -> None:
    sent = b"\x1b[I\x1b[O\x1b[Ij\x1b[48;9999;9999;0;0t\x1b[48;0;0;0;0t\x1b[48;30;100;0;0t"
    found = list(without_excess(TerminalInput().feed(sent)))
    sizes = [message.size for message in found if isinstance(message, events.Resize)]
    assert (keys(found), sizes) == (["j"], [(100, 30)])
    assert [type(one) for one in found if isinstance(one, (events.AppFocus, events.AppBlur))] == [events.AppFocus]
