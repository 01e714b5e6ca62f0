"""Which mount tables are read for network namespaces that are mounted on files, and how long an answer is believed."""

import os

from sockscope.abi.strings import Raw
from sockscope.abi.text import ours
from sockscope.collect.sockets.mounted_namespaces import ASK_AGAIN, MountedNamespaces
from sockscope.collect.tables.mounts import UNREADABLE, MountTable, MountTables
from sockscope.kernel.mountinfo import Mount
from sockscope.kernel.procfs import Procfs

OURS, THEIRS = 1, 2
NSFS = Mount(5, 1, 4, ours("net:[77]"), ours("/run/blue"), ours("nsfs"), ours("nsfs"), Raw(b"/run/blue"))
OTHERS = (
    NSFS._replace(id=6, root=ours("uts:[78]")),
    NSFS._replace(id=7, root=ours("net:[x]")),
    NSFS._replace(id=8, root=ours("net:[79]"), fstype=ours("ext4")),
)


class Tables(MountTables):
    """Mount tables that are made up, and which of them were read."""

    def __init__(self) -> None:
        self.homes: dict[int, int] = {os.getpid(): OURS}
        super().__init__(Procfs())
        self.read: list[int] = []
        self.mounts = {5: NSFS, **{one.id: one for one in OTHERS}}

    def namespace(self, pid: int) -> int:
        return self.homes.get(pid, UNREADABLE)

    def table(self, pid: int, namespace: int) -> MountTable:
        self.read.append(pid)
        return MountTable(self.mounts)


def test_one_process_of_each_other_mount_namespace_is_read_once() -> None:
    tables = Tables()
    tables.homes |= {10: OURS, 20: THEIRS, 21: THEIRS}
    found = MountedNamespaces(tables)
    for _ in range(3):
        assert {inode: keeper.words for inode, (keeper,) in found.refresh([10, 20, 21, 30]).items()} == {
            77: "mount /run/blue of 20"
        }
    assert tables.read == [20]


def test_what_was_seen_through_a_process_that_has_ended_is_seen_through_another_once_all_are_asked_again() -> None:
    tables = Tables()
    tables.homes |= {20: THEIRS, 21: THEIRS}
    found = MountedNamespaces(tables)
    found.refresh([20, 21])
    del tables.homes[20]
    assert found.refresh([21]) == {}
    for _ in range(ASK_AGAIN):
        last = found.refresh([21])
    assert [keeper.pid for (keeper,) in last.values()] == [21]
