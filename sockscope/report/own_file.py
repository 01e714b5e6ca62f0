"""A file that is written as it grows: a new one, or one of the user's own to go on with; through no link of others."""

import contextlib
import fcntl
import os
import stat
from typing import NamedTuple

from sockscope.report.new_file import NewFileError, open_directory, shown


class OwnFile(NamedTuple):
    """A file that is open to be read and written, and that nobody else writes this way."""

    descriptor: int
    path: str


def open_own(path: str) -> OwnFile:
    """Open a file to go on with, or make it, readable by its owner alone; nobody else gets it until it is closed.

    Args:
        path: where; `~` is the home directory. Links are followed as `write_new` does.

    Raises:
        NewFileError: it is not a file of this user's alone, somebody writes it, or it cannot be made.
    """
    full = os.path.join(os.getcwd(), os.path.expanduser(path))
    parent, _, name = full.rpartition("/")
    if name in {"", ".", ".."} or "\0" in full:
        msg = f"{shown(path)} is no name of a file"
        raise NewFileError(msg)
    try:
        with open_directory(parent) as directory:
            file = _open(directory, name)
    except OSError as error:
        msg = f"{shown(path)} cannot be written: {error.strerror or error}"
        raise NewFileError(msg) from error
    try:
        _require_own(file, path)
    except BaseException:
        os.close(file)
        raise
    return OwnFile(file, full)


def _open(directory: int, name: str) -> int:
    # Of a FIFO nobody is waited for, and a terminal does not become ours: neither is a file, which is said afterwards.
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    with contextlib.suppress(FileExistsError):
        return os.open(name, flags | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=directory)
    return os.open(name, flags, dir_fd=directory)


def _require_own(file: int, path: str) -> None:
    about = os.fstat(file)
    if not stat.S_ISREG(about.st_mode):
        msg = f"{shown(path)} is no file"
        raise NewFileError(msg)
    if about.st_uid != os.geteuid() or about.st_nlink != 1:
        msg = f"{shown(path)} is not yours alone; nothing was written"
        raise NewFileError(msg)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        msg = f"somebody is writing {shown(path)} already"
        raise NewFileError(msg) from error
