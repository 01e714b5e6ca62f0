"""One bad value costs itself and one line; the rest applies."""

import os
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.config.file import config_path, load, settings_from
from sockscope.config.settings import GroupBy, Settings
from sockscope.world.grouping.names import DEFAULT, NAMES

EVERYTHING = """
theme = "light"
interval = 2
group_by = "object"
columns = ["fd", "kind"]
ascii = true
mouse = false

[keys]
app.next_related = "n,f3"
"pane.follow" = "enter"
"""


def test_every_setting_is_read() -> None:
    settings, notes = settings_from(EVERYTHING, "config.toml")
    assert notes == ()
    assert settings == Settings(
        "light",
        2.0,
        "object",
        ("fd", "kind"),
        {"app.next_related": "n,f3", "pane.follow": "enter"},
        ascii=True,
        mouse=False,
    )


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("interval = 0.01", "interval: 0.01 does not fit: Expected float >= 0.1"),
        ("interval = nan", "interval: nan does not fit"),
        ('interval = "1"', "interval: '1' does not fit: Expected float, got str"),
        ('group_by = "colour"', "group_by: 'colour' does not fit"),
        ('ascii = "yes"', "ascii: 'yes' does not fit"),
        ("theme = 1", "theme: 1 does not fit"),
        ('columns = "fd"', "columns: 'fd' does not fit"),
        ("keys = { app.back = 1 }", "keys: app.back: 1 does not fit: Expected str"),
        ("keys = 1", "keys: 1 does not fit"),
        ("intervall = 1", "intervall: no such setting; did you mean interval?"),
        ('"\\u001b[31m" = 1', r"\x1b[31m: no such setting; there are theme,"),
        ('columns = "\\u202e\\n"', r"columns: '\u202e\n' does not fit"),
    ],
)
def test_a_bad_value_is_one_line_with_file_and_key_and_the_rest_applies(line: str, note: str) -> None:
    settings, notes = settings_from(f"mouse = false\n{line}\n", "config.toml")
    assert len(notes) == 1
    assert notes[0].startswith(f"config.toml: {note}")
    assert notes[0].isprintable()
    assert settings == Settings(mouse=False)


def test_one_bad_key_leaves_the_others() -> None:
    settings, notes = settings_from('keys = { app.back = 1, app.quit = "x" }', "config.toml")
    assert settings.keys == {"app.quit": "x"}
    assert len(notes) == 1


def test_what_is_no_toml_says_where(tmp_path: Path) -> None:
    settings, notes = settings_from("mouse = false\ntheme =", "config.toml")
    assert settings == Settings()
    assert notes == ("config.toml: Invalid value (at end of document)",)


@pytest.mark.parametrize(
    "text", ["keys." + "a." * 3_000 + "b = 1", "theme = " + "[" * 3_000, "theme." + "a." * 3_000 + "b = 1"]
)
def test_tables_without_end_are_refused(text: str) -> None:
    assert settings_from(text, "config.toml") == (Settings(), ("config.toml: tables are nested too deeply",))


@given(st.text())
def test_any_text_is_settings_or_lines_about_it(text: str) -> None:
    settings, notes = settings_from(text, "config.toml")
    assert isinstance(settings, Settings)
    assert all(note.isprintable() for note in notes)


def test_a_file_that_is_not_there_sets_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == (Settings(), ())


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(EVERYTHING)
    assert load(tmp_path / "config.toml").settings.theme == "light"


def test_what_is_no_file_is_refused_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    large = tmp_path / "large"
    large.write_bytes(b"#" * (65 << 10))
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff")
    for path, wrong in ((tmp_path / "fifo", "no regular file"), (large, "at most 64 KiB"), (binary, "not UTF-8")):
        settings, (note,) = load(path)
        assert settings == Settings()
        assert note.startswith(f"{path}: ")
        assert wrong in note


def test_a_directory_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    _, (note,) = load(tmp_path / "file" / "config.toml")
    assert note == f"{tmp_path}/file/config.toml: cannot be read: Not a directory"


def test_the_file_lives_where_xdg_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path() == tmp_path / "sockscope" / "config.toml"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_path() == tmp_path / ".config" / "sockscope" / "config.toml"


def test_the_groupings_are_those_of_the_world() -> None:
    assert get_args(GroupBy) == NAMES
    assert Settings().group_by == DEFAULT


def test_a_number_of_six_thousand_digits_is_noted() -> None:
    text = "interval = " + "9" * 6000
    assert settings_from(text, "config.toml") == (Settings(), ("config.toml: a number has too many digits",))
