"""Who may keep a listener that nobody has open: a message that was not received, a request of a ring."""

import pytest

from tests.live.commandline import only, snapshot, sockscope
from tests.live.conftest import Play

pytestmark = [pytest.mark.needs("io_uring"), pytest.mark.relation("may_be_kept_by")]


def test_the_queue_and_the_ring_are_named_where_their_listeners_are_asked_for(play: Play) -> None:
    truth = play("kept_without_a_holder")
    for kept, keeper in ((truth["sent"], "queue"), (truth["requested"], "ring")):
        asked = sockscope("show", f":{kept['port']}")
        assert f"{truth['pid']}:{kept[keeper]}" in asked.err
        local = f"127.0.0.1:{kept['port']}"
        socket = only(one for one in snapshot()["sockets"] if one["local"] == local)
        assert f"{truth['pid']}:{kept[keeper]}" in socket["unheld"]
        assert socket["unheld_confidence"] == "unknown"
