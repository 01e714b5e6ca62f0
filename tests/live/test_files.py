"""Files: one inode is one object; kcmp tells one open file description from two openings."""

import ctypes
import os
from pathlib import Path

import pytest

from tests.live.commandline import answer, show
from tests.live.conftest import Play

AT_FDCWD, AT_SYMLINK_FOLLOW = -100, 0x400


def test_a_duplicate_shares_the_open_file_and_a_second_opening_does_not(play: Play) -> None:
    truth = play("opened_files")
    own, child = truth["inherited"], truth["child"]
    found = show(own["pid"], own["fd"])
    shares = {(one["pid"], one["fd"]): one["same_file"] for one in found["holders"]}
    assert shares == {
        (own["pid"], own["fd"]): True,
        (child["inherited"]["pid"], child["inherited"]["fd"]): True,
        (child["reopened"]["pid"], child["reopened"]["fd"]): False,
    }


def test_the_three_lead_to_one_object(play: Play) -> None:
    truth = play("opened_files")
    reopened = truth["child"]["reopened"]
    found = show(reopened["pid"], reopened["fd"])
    assert found["holders_confidence"] == "proven"
    assert len(found["holders"]) == 3


@pytest.mark.parametrize(
    ("which", "named", "not_named"),
    [
        ("nameless", {"O_RDWR", "O_TMPFILE"}, "O_DIRECTORY"),
        ("unfollowed", {"O_WRONLY", "O_NOFOLLOW", "O_APPEND"}, "O_TMPFILE"),
        ("directory", {"O_RDONLY", "O_DIRECTORY"}, "O_TMPFILE"),
    ],
)
def test_open_flags_have_one_name_in_a_record_in_its_fdinfo_and_in_the_filter(
    play: Play, which: str, named: set[str], not_named: str
) -> None:
    place = play("odd_opens")[which]
    found = show(place["pid"], place["fd"])
    assert found["descriptor"]["flags"] == found["fdinfo"]["decoded"]["flags"]
    assert named <= set(found["descriptor"]["flags"])
    for name in named:
        assert place["fd"] in _found(place["pid"], f"flag:{name.removeprefix('O_').lower()}")
    assert place["fd"] not in _found(place["pid"], f"flag:{not_named.removeprefix('O_').lower()}")


def _found(pid: int, question: str) -> list[int]:
    listed = answer("snapshot", "--pid", pid, "--filter", question)
    return [one["fd"] for one in listed["descriptors"]]


def test_what_has_lost_its_name_is_told_from_what_is_called_so_and_from_what_has_others(tmp_path: Path) -> None:
    """The kernel writes ` (deleted)` behind a name that is gone, and nothing tells that from a name that ends so."""
    called, one_of_two, gone, given = (tmp_path / name for name in ("x (deleted)", "two", "gone", "given"))
    directory = tmp_path / "d (deleted)"
    directory.mkdir()
    for path in (called, one_of_two, gone):
        path.touch()
    (tmp_path / "other").hardlink_to(one_of_two)
    nameless = os.open(tmp_path, os.O_TMPFILE | os.O_RDWR)
    fds = [nameless, *(os.open(path, os.O_RDONLY) for path in (called, one_of_two, gone, directory))]
    one_of_two.unlink()
    gone.unlink()
    link = (AT_FDCWD, f"/proc/self/fd/{nameless}".encode(), AT_FDCWD, os.fsencode(given), AT_SYMLINK_FOLLOW)
    assert ctypes.CDLL(None).linkat(*link) == 0
    try:
        said = [show(os.getpid(), fd)["sentence"] for fd in fds]
    finally:
        for fd in fds:
            os.close(fd)
    assert said == [
        f"A file that was made without a name (O_TMPFILE) in {tmp_path}, which has got one since, 0 bytes.",
        f"The file {called}, 0 bytes.",
        f"A file that has lost this name and has 1 other, once {one_of_two}, 0 bytes.",
        f"A file that has no name any more, once {gone}, 0 bytes.",
        f"The directory {directory}.",
    ]
