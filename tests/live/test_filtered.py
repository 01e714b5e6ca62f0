"""`snapshot --filter` on real processes."""

from typing import Any

from tests.live.commandline import answer, sockscope
from tests.live.conftest import Play


def test_a_snapshot_lists_what_the_filter_accepts(play: Play) -> None:
    truth = play("shared_listener")
    document: dict[str, Any] = answer("snapshot", "--filter", f"port:{truth['port']} state:listen")
    holders = {truth["pid"], truth["waiting"]["pid"], truth["holding"]["pid"]}
    assert {row["pid"] for row in document["descriptors"]} == holders
    assert {row["pid"] for row in document["processes"]} == holders


def test_flags_are_read_for_a_filter_that_asks_for_them(play: Play) -> None:
    """Flags of plain files and pipes are not read otherwise; Python opens everything with O_CLOEXEC."""
    pid = play("pipe_between")["reader"]["pid"]
    assert f"  {pid}  " in sockscope("snapshot", "--filter", f"pid:{pid} flag:cloexec kind:pipe").out
    assert f"  {pid}  " not in sockscope("snapshot", "--filter", f"pid:{pid} flag:append kind:pipe").out
