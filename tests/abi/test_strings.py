"""mypy finds a string of the kernel's on its way to somebody's screen that has not been through the door."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXPECTED = re.compile(r"# (\w[\w-]*)$")
FOUND = re.compile(r"^[^:]+:(\d+): error: .*\[([\w-]+)\]$", re.MULTILINE)

SAMPLE = """
from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, clean, clean_str, ours
from sockscope.frames.messages import OptionsAnswer, Waiting
from sockscope.kernel.procfs import Procfs
from sockscope.kinds.lines import Lines
from sockscope.model.address import LinkAddress, UnixName
from sockscope.model.descriptor import CleanFields, Descriptor, Fact
from sockscope.report.show_records import Fdinfo
from sockscope.report.sections.section import Line, Section, field_line, said
from sockscope.tui.panes.section import text_line, wrapped_field


def where_it_comes_in(procfs: Procfs, name: UnixName) -> tuple[Raw, Raw, Raw]:
    return procfs.link(1, "cwd"), procfs.record(1, "comm").partition(b"x")[2].strip()[1:], b"@" + name.name


def in_an_f_string(raw: Raw) -> str:
    return f"{raw}"  # str-bytes-safe


def in_the_older_ways(raw: Raw) -> list[str]:
    return [
        "%s" % raw,  # str-bytes-safe
        "{}".format(raw),  # str-bytes-safe
        " ".join([raw]),  # list-item
    ]


def decoded(raw: Raw) -> list[str]:
    return [
        raw.decode(),  # misc
        raw.partition(b"\\0")[0].rstrip(b" ")[:3].decode("utf-8", "replace"),  # misc
    ]


def in_a_section_of_the_pane(raw: Raw) -> Section:
    lines = (
        text_line(raw),  # arg-type
        *wrapped_field("name", raw, 80),  # arg-type
        field_line("name", (raw, "dim")),  # arg-type
        said(raw),  # arg-type
        Line(((raw, ""),)),  # arg-type
    )
    return Section(raw, lines)  # arg-type


def in_a_row_or_a_text(raw: Raw) -> str:
    return raw  # return-value


def in_a_record_of_json(raw: Raw, decoded: str) -> object:
    return [
        Fdinfo(raw, {}),  # arg-type
        Fdinfo(decoded, {}),  # arg-type
        Fdinfo(NOTHING, {"name": decoded}),  # dict-item
    ]


def in_what_the_collector_sends(raw: Raw, decoded: str) -> object:
    return [
        Waiting(1, 1, decoded, 3),  # arg-type
        LinkAddress(decoded),  # arg-type
        OptionsAnswer(1, 1, 1, 3, {"SO_BINDTODEVICE": decoded}),  # dict-item
        OptionsAnswer(1, 1, 1, 3, {}, f"about {decoded}"),  # arg-type
        Descriptor(1, 1, 3, "file", raw, "r", "object"),  # arg-type
    ]


def in_an_option(raw: Raw) -> Fact:
    return str(raw, "utf-8")  # return-value


def in_the_fields_of_a_kind(lines: Lines) -> CleanFields:
    return {
        "plain": [str(value) for _, value in lines],  # dict-item
        "nested": [{"name": f"{len(lines)}"}],  # dict-item
    }


def in_words_of_ours(decoded: str) -> Clean:
    return ours("it is called {}", decoded)  # arg-type


def through_the_door(raw: Raw, typed: str) -> list[Clean]:
    name = clean(raw)
    return [name.removeprefix("/dev/")[1:], ours("{} of {:,}", name, 1234), ours(", ").join([name, clean_str(typed)])]
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    sample = tmp_path_factory.mktemp("typing") / "uncleaned.py"
    sample.write_text(SAMPLE, encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", str(sample)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not checked.stderr
    return checked.stdout


def test_mypy_finds_each_string_that_was_not_cleaned_and_no_other(report: str) -> None:
    wanted = {(at, found[1]) for at, line in enumerate(SAMPLE.split("\n"), 1) if (found := EXPECTED.search(line))}
    assert {(int(line), code) for line, code in FOUND.findall(report)} == wanted


def test_while_it_runs_they_are_plain_bytes_and_text() -> None:
    from sockscope.abi.strings import Clean, Raw

    assert (Raw, Clean) == (bytes, str)
