"""Which inotify instances watch what a descriptor leads to."""

import pytest

from tests.live.commandline import place, places, show
from tests.live.conftest import Play

pytestmark = pytest.mark.relation("noticed_by")


def test_a_file_and_its_directory_name_who_watches_each(play: Play) -> None:
    truth = play("watched_file")
    child = truth["child"]
    file = show(*place(truth["file"]))["relations"]["noticed_by"]
    both, one = {place(child["both"]), place(child["again"])}, {place(child["one"])}
    assert sorted(sorted(places(tie["holders"])) for tie in file) == sorted([sorted(both), sorted(one)])
    assert {(tie["confidence"], tuple(tie["facts"]["events"])) for tie in file} == {("proven", ("IN_MODIFY",))}
    (folder,) = show(*place(truth["folder"]))["relations"]["noticed_by"]
    assert (places(folder["holders"]), folder["facts"]["events"]) == (both, ["IN_CREATE"])


def test_a_file_beside_it_that_nobody_watches_names_nobody(play: Play) -> None:
    truth = play("watched_file")
    assert show(*place(truth["other"]))["relations"]["noticed_by"] == []
