"""A socket that nobody holds is named by the part of the kernel whose port it has, as a custom and no more."""

from typing import Any

import pytest

from sockscope.world.relations.kernel_ports import BOUND_BY_KERNEL, CALLED_BY_KERNEL, kernel_user
from sockscope.world.relations.unheld import unheld
from tests.world.build import inet, udp, world


@pytest.mark.parametrize(("protocol", "port"), BOUND_BY_KERNEL)
def test_what_the_kernel_binds_is_named(protocol: str, port: int) -> None:
    made = inet(5, f"0.0.0.0:{port}", protocol=protocol)
    assert BOUND_BY_KERNEL[protocol, port] in kernel_user(made)
    other = "tcp" if protocol == "udp" else "udp"
    if (other, port) not in BOUND_BY_KERNEL:
        assert kernel_user(inet(5, f"0.0.0.0:{port}", protocol=other)) == ""


@pytest.mark.parametrize("port", CALLED_BY_KERNEL)
def test_what_the_kernel_connects_to_is_named(port: int) -> None:
    assert CALLED_BY_KERNEL[port] in kernel_user(inet(5, "10.0.0.1:900", f"10.0.0.2:{port}"))


@pytest.mark.parametrize(
    "socket",
    [
        inet(5, "0.0.0.0:80"),
        udp(5, "0.0.0.0:4790"),
        udp(5, "10.0.0.1:4789", "10.0.0.2:53"),
        udp(5, "1.1.1.1:9", "1.1.1.2:445"),
    ],
    ids=str,
)
def test_no_other_is(socket: Any) -> None:
    assert kernel_user(socket) == ""


def test_it_stands_in_the_reason_and_is_not_called_known() -> None:
    (socket,) = (made := world(udp(5, "0.0.0.0:4789"))).sockets.values()
    why = unheld(made, socket)
    assert (why.confidence, "kernel's vxlan (by custom)" in why.note) == ("unknown", True)
