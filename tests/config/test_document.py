"""docs/config.md names every setting, and its example is one."""

import re
import textwrap
from pathlib import Path

import msgspec

from sockscope.config.file import settings_from
from sockscope.config.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs" / "config.md").read_text()


def test_every_setting_has_a_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)
    assert sorted(rows) == sorted(field.name for field in msgspec.structs.fields(Settings))


def test_the_example_is_a_configuration() -> None:
    example = textwrap.dedent(TEXT[TEXT.index("    theme =") : TEXT.index("| setting |")])
    settings, notes = settings_from(example, "example")
    assert notes == ()
    assert settings != Settings()
