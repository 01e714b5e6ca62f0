"""Mounts in /proc/PID/mountinfo."""

from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.mountinfo import Mount, parse_mountinfo

TEXT = (
    rb"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard,resv_strict
29 26 0:26 / /dev/pts rw,relatime - devpts devpts rw,mode=600,ptmxmode=000
31 23 8:1048575 /sub\040dir /mnt/with\040blank\011tab\134slash rw - tmpfs  rw
40 23 0:4 net:[4026532177] /run/netns/b"""
    b"\x1b\xff"
    rb""" rw - nsfs nsfs rw
"""
)


TABBED = b"/mnt/with blank\x09tab\\slash"


def test_mounts_are_found_by_their_id_with_escapes_undone() -> None:
    mounts = parse_mountinfo(TEXT)
    assert sorted(mounts) == [22, 27, 29, 31, 40]
    assert mounts[27] == Mount(27, 1, 254 << 20, "/", "/", "ext4", "/dev/vda", b"/")
    assert mounts[29] == Mount(29, 26, 26, "/", "/dev/pts", "devpts", "devpts", b"/dev/pts")
    assert mounts[31] == Mount(
        31, 23, 8 << 20 | 1048575, "/sub dir", r"/mnt/with blank\x09tab\slash", "tmpfs", "", TABBED
    )
    assert mounts[40].root == "net:[4026532177]"
    assert mounts[40].mount_point == r"/run/netns/b\x1b\xff"


def test_damaged_lines_are_skipped() -> None:
    assert parse_mountinfo(b"x\n1 2 3:4\n1 2 a:b / / rw - a b\n\n - \n" + TEXT.splitlines()[0]).keys() == {22}


@given(st.binary())
def test_any_bytes_are_taken(data: bytes) -> None:
    assert isinstance(parse_mountinfo(data), dict)


@given(st.binary().filter(lambda name: not {*name} & {*b" \n"}))
def test_any_mount_point_comes_out_printable(name: bytes) -> None:
    (mount,) = parse_mountinfo(b"1 1 0:1 / /" + name + b" rw - tmpfs none rw").values()
    assert mount.mount_point.isprintable()
