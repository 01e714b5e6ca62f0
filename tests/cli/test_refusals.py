"""What the machine does not give: said as such, and what is no fault of the machine is a fault of ours."""

import resource
import subprocess
import sys

import pytest

from sockscope.cli import main

LEFT_OPEN = """
import os
from sockscope.cli import streams
keep = os.dup(1)
for number in {closed}:
    os.close(number)
streams.prepare()
os.write(keep, b"%d" % os.open("/", os.O_RDONLY))
"""


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_what_is_opened_later_gets_no_number_of_a_standard_stream(closed: tuple[int, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEFT_OPEN.format(closed=closed)], stdout=subprocess.PIPE, check=True
    )  # fmt: skip
    assert int(done.stdout) > 2


@pytest.mark.parametrize("error", [ImportError("cannot import"), SystemError("no exception set")])
def test_a_room_that_cannot_be_loaded_is_out_of_memory_only_where_memory_is_limited(
    error: Exception, monkeypatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 26, 1 << 26))
    assert main._refusal(error).startswith("out of memory")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    with pytest.raises(type(error)):
        main._refusal(error)
