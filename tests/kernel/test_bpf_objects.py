"""Names of bpf objects, asked of this kernel."""

import ctypes
import errno
import os
import struct
from collections.abc import Iterator

import pytest

from sockscope.kernel import syscalls
from sockscope.kernel.bpf_objects import MAP, PROGRAM, read_name
from sockscope.kernel.fdinfo import decode
from sockscope.kernel.procfs import Procfs
from tests.requirements import KernelLacks

MAP_CREATE, ARRAY = 0, 2


@pytest.fixture
def made() -> Iterator[int]:
    """A map called `hits`, and its id."""
    attributes = struct.pack("=IIIIIII16s28x", ARRAY, 4, 8, 3, 0, 0, 0, b"hits")
    try:
        fd = syscalls.call("bpf", MAP_CREATE, ctypes.c_char_p(attributes), len(attributes))
    except OSError as error:
        if error.errno in {errno.ENOSYS, errno.EINVAL}:
            msg = "the kernel has no bpf(2)"
            raise KernelLacks(msg) from error
        pytest.skip("bpf(2) is denied here")
    yield decode("bpf-map", Procfs().read(os.getpid(), f"fdinfo/{fd}"))["map_id"]
    os.close(fd)


@pytest.mark.needs("root")
def test_a_map_tells_its_name_and_nothing_stays_open(made: int) -> None:
    before = set(os.listdir("/proc/self/fd"))
    assert read_name(MAP, made) == "hits"
    assert set(os.listdir("/proc/self/fd")) == before


@pytest.mark.needs("root")
@pytest.mark.parametrize("kind", [MAP, PROGRAM])
def test_an_id_that_nothing_has_is_an_error(made: int, kind: object) -> None:
    with pytest.raises(FileNotFoundError):
        read_name(kind, 0x7FFF_FFF0)  # type: ignore[arg-type]
