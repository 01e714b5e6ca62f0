"""A file appears whole, where it was wanted, or not at all."""

import os
import stat
from pathlib import Path

import pytest

from sockscope.report.new_file import NewFileError, write_new


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """A directory that anyone may write to, as /tmp."""
    directory = tmp_path / "public"
    directory.mkdir()
    directory.chmod(0o1777)
    return directory


def assert_only(directory: Path, *names: str) -> None:
    assert sorted(os.listdir(directory)) == sorted(names)


def test_a_file_is_written_for_its_owner_alone_and_nothing_stays_beside_it(public: Path) -> None:
    write_new(str(public / "out.json"), b"all of it")
    assert (public / "out.json").read_bytes() == b"all of it"
    assert stat.S_IMODE((public / "out.json").stat().st_mode) == 0o600
    assert_only(public, "out.json")


def test_a_relative_path_and_the_home_directory_mean_what_a_shell_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    write_new("one", b"1")
    write_new("~/two", b"2")
    (tmp_path / "below").mkdir()
    write_new("below/../three", b"3")
    assert_only(tmp_path, "one", "two", "three", "below")


def test_what_is_there_stays_as_it_is(public: Path) -> None:
    (public / "out").write_text("before")
    with pytest.raises(NewFileError, match="exists already"):
        write_new(str(public / "out"), b"after")
    assert (public / "out").read_text() == "before"
    assert_only(public, "out")


@pytest.mark.parametrize("dangling", [True, False])
def test_a_link_under_the_name_is_not_followed(public: Path, tmp_path: Path, *, dangling: bool) -> None:
    victim = tmp_path / "victim"
    if not dangling:
        victim.write_text("precious")
    (public / "out").symlink_to(victim)
    with pytest.raises(NewFileError, match="exists already"):
        write_new(str(public / "out"), b"x")
    assert victim.exists() is not dangling
    assert dangling or victim.read_text() == "precious"


@pytest.mark.parametrize("mode", [0o1777, 0o777, 0o775])
def test_a_link_on_the_way_that_others_may_have_laid_is_refused(public: Path, tmp_path: Path, mode: int) -> None:
    public.chmod(mode)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (public / "way").symlink_to(elsewhere)
    with pytest.raises(NewFileError, match="a symbolic link is in the way"):
        write_new(str(public / "way" / "out"), b"x")
    assert_only(elsewhere)


@pytest.mark.parametrize("relative", [True, False])
def test_a_link_that_only_this_user_can_have_laid_is_followed(tmp_path: Path, *, relative: bool) -> None:
    own = tmp_path / "own"
    (own / "real").mkdir(parents=True)
    (own / "way").symlink_to("real" if relative else own / "real")
    write_new(str(own / "way" / "out"), b"x")
    assert (own / "real" / "out").read_bytes() == b"x"


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(NewFileError, match="Too many levels"):
        write_new(str(tmp_path / "a" / "out"), b"x")


@pytest.mark.needs("root")
def test_root_follows_no_link_of_another_user(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "way").symlink_to(tmp_path / "elsewhere")
    os.lchown(tmp_path / "way", 65534, 65534)
    with pytest.raises(NewFileError, match="a symbolic link is in the way"):
        write_new(str(tmp_path / "way" / "out"), b"x")


@pytest.mark.needs("root")
def test_the_file_belongs_to_whoever_asked(tmp_path: Path) -> None:
    write_new(str(tmp_path / "out"), b"x", owner=(1234, 4321))
    about = (tmp_path / "out").stat()
    assert (about.st_uid, about.st_gid) == (1234, 4321)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("", "no name of a file"),
        ("x/", "no name of a file"),
        ("..", "no name of a file"),
        ("a\0b", "no name of a file"),
        ("none/out", "No such file or directory"),
        ("file/out", "Not a directory"),
        ("x" * 300, "File name too long"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, wrong: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(NewFileError, match=wrong) as raised:
        write_new(path, b"x")
    assert str(raised.value).isprintable()
    assert_only(tmp_path, "file")


def test_a_write_that_fails_leaves_nothing(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NewFileError, match="No space left on device"):
        write_new(str(public / "out"), b"x")
    assert_only(public)
