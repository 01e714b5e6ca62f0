"""docs/config.md names every setting, and its example is one."""

import re
import textwrap
from pathlib import Path

import msgspec
from textual.theme import BUILTIN_THEMES

from sockscope.config.file import settings_from
from sockscope.config.settings import Settings
from sockscope.tui.theme import THEMES

TEXT = (Path(__file__).parents[2] / "docs" / "config.md").read_text()


def test_every_setting_has_a_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)
    assert sorted(rows) == sorted(field.name for field in msgspec.structs.fields(Settings))


def test_the_example_is_a_configuration() -> None:
    example = textwrap.dedent(TEXT[TEXT.index("    theme =") : TEXT.index("| setting |")])
    settings, notes = settings_from(example, "example")
    assert notes == ()
    assert settings != Settings()


def test_every_theme_is_listed_and_no_other() -> None:
    section = TEXT.split("## Themes")[1].split("\n## ")[0]
    assert sorted(re.findall(r"`([\w-]+)`", section)) == sorted({*THEMES, *BUILTIN_THEMES})
