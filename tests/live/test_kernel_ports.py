"""A socket of the kernel's own is named by what its port is for."""

import pytest

from tests.live.commandline import only, snapshot
from tests.live.conftest import Play
from tests.requirements import KernelLacks


@pytest.mark.needs("root", "netns")
def test_the_socket_of_a_vxlan_is_called_that(play: Play) -> None:
    truth = play("vxlan")
    if "missing" in truth:
        msg = "the kernel has no vxlan"
        raise KernelLacks(msg)
    here = [one for one in snapshot()["sockets"] if one["netns"] == truth["netns"] and one["local"].endswith(":4789")]
    socket = only(here[:1])
    assert "the kernel's vxlan (by custom)" in socket["unheld"]
    assert socket["unheld_confidence"] == "unknown"
