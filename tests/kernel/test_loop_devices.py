"""Files behind loop devices. The tree is made up: to attach a file takes a device that not every machine has free."""

from pathlib import Path

from sockscope.kernel.loop_devices import parse_backing_file, read_loop_devices


def test_a_name_that_is_gone_leads_nowhere() -> None:
    assert parse_backing_file(b"/srv/disk image.img\n") == b"/srv/disk image.img"
    assert parse_backing_file(b"/srv/disk.img (deleted)\n") == b""


def test_devices_with_a_file_are_listed(tmp_path: Path) -> None:
    for name, file in (("loop0", b"/a\n"), ("loop1", b"/b (deleted)\n"), ("loop12", b"/c\xff\n")):
        (tmp_path / "block" / name / "loop").mkdir(parents=True)
        (tmp_path / "block" / name / "loop" / "backing_file").write_bytes(file)
    (tmp_path / "block" / "loop3").mkdir()
    (tmp_path / "block" / "sda").mkdir()
    assert read_loop_devices(str(tmp_path)) == {"loop0": b"/a", "loop12": b"/c\xff"}
    assert read_loop_devices(str(tmp_path / "nowhere")) == {}
