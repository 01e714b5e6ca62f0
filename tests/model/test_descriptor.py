"""What a descriptor says of itself."""

import pytest

from sockscope.model.descriptor import Descriptor, Identified


@pytest.mark.parametrize(
    ("ino", "dev", "identified", "inode"),
    [(7, 1, "inode", 7), (7, 0, "", 7), (0, 0, "", None), (0, 1, "", None), (0, 0, "inode", None), (0, 1, "inode", 0)],
)
def test_zero_is_an_inode_where_one_was_asked_for(
    ino: int, dev: int, identified: Identified, inode: int | None
) -> None:
    descriptor = Descriptor(1, 1, 0, "mem", "/SYSV00000000", "", "object", ino=ino, dev=dev, identified=identified)
    assert descriptor.inode == inode
