"""Files: one inode is one object; kcmp tells one open file description from two openings."""

from tests.live.commandline import show
from tests.live.conftest import Play


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
