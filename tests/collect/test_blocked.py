"""Who is left out of those that may be opening a FIFO: only whom nothing would let."""

from typing import Any

import pytest

from sockscope.abi.open_flags import Access
from sockscope.collect.blocked import may_open
from sockscope.kernel.filetype import FileFacts
from sockscope.kernel.process import ProcessStatus

OWNER, STRANGER = 1000, 2000
OVERRIDE, SEARCH = 1 << 1, 1 << 2


def status(uid: int, cap_eff: int = 0) -> ProcessStatus:
    return ProcessStatus(uid, uid, [], 1, 0, 0, 0, cap_eff)


@pytest.mark.parametrize(
    ("mode", "uid", "caps", "access", "may"),
    [
        (0o600, OWNER, 0, "r", True),
        (0o600, STRANGER, 0, "r", False),
        (0o200, OWNER, 0, "r", False),
        (0o077, OWNER, 0, "r", False),
        (0o604, STRANGER, 0, "r", True),
        (0o604, STRANGER, 0, "w", False),
        (0o620, STRANGER, 0, "w", True),
        (0o000, STRANGER, OVERRIDE, "w", True),
        (0o000, STRANGER, SEARCH, "r", True),
        (0o000, STRANGER, SEARCH, "w", False),
        (0o602, STRANGER, 0, "", True),
        (0o600, STRANGER, 0, "", False),
    ],
)
def test_permissions_leave_out_whom_nothing_would_let(mode: int, uid: int, caps: int, access: Access, may: Any) -> None:
    facts = FileFacts("fifo", 5, 1, 0, (0, 0), -1, OWNER, OWNER, mode)
    assert may_open(facts, status(uid, caps), access) is may
