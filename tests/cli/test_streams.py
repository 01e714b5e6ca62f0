"""What is complained of, whatever it quotes."""

import pytest

from sockscope.cli import streams


def test_a_complaint_is_one_clean_line_of_bounded_length(capsys: pytest.CaptureFixture[str]) -> None:
    assert streams.complain("bad \x1b]0;owned\x07 \u202e line\nfeed " + "x" * 100_000, 2) == 2
    said = capsys.readouterr().err
    assert said.startswith("sockscope: bad \\x1b]0;owned\\x07 \\u202e line\\x0afeed xxx")
    assert said.endswith("…\n")
    assert said[:-1].isprintable()
    assert len(said) < 1100
