"""Writing a new file where a user wants one: whole or not at all, and through no link that somebody else laid."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator

MAX_LINKS = 40
"""Symbolic links followed on the way, as the kernel follows them (`path_resolution(7)`)."""
DIRECTORY = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
OTHERS_WRITE = stat.S_IWOTH | stat.S_IWGRP


class NewFileError(Exception):
    """The file was not written; one line says why."""


def write_new(path: str, data: bytes, owner: tuple[int, int] | None = None) -> None:
    """Write a file that did not exist, readable by its owner alone. It appears with all of its content, or not.

    Args:
        path: where; `~` is the home directory. A link on the way is followed only where nobody but root and
            this user can put one: not in `/tmp`, and not in the directory of another user.
        data: all of its content.
        owner: uid and gid that the file is given, None to leave it ours.

    Raises:
        NewFileError: something is there already, or it cannot be written.
    """
    full = os.path.join(os.getcwd(), os.path.expanduser(path))
    parent, _, name = full.rpartition("/")
    if name in {"", ".", ".."} or "\0" in full:
        msg = f"{shown(path)} is no name of a file"
        raise NewFileError(msg)
    try:
        with open_directory(parent) as directory:
            _write(directory, name, data, owner)
    except FileExistsError as error:
        msg = f"{shown(path)} exists already; nothing was written"
        raise NewFileError(msg) from error
    except OSError as error:
        msg = f"{shown(path)} cannot be written: {error.strerror or error}"
        raise NewFileError(msg) from error


def written_new(path: str, data: bytes) -> str:
    """Write a file as `write_new` does; return "" or the one line that says why it was not written."""
    try:
        write_new(path, data)
    except NewFileError as error:
        return str(error)
    return ""


def handed_to(write: Callable[[str, bytes], str]) -> Callable[[str, bytes], None]:
    """Return what writes through somebody else, who answers as `written_new` does, and raises as `write_new` does."""

    def write_elsewhere(path: str, data: bytes) -> None:
        reason = write(path, data)
        if reason:
            raise NewFileError(reason)

    return write_elsewhere


@contextlib.contextmanager
def open_directory(path: str) -> Iterator[int]:
    """Open a directory step by step, each step from the one before, so that nothing can be exchanged meanwhile."""
    here = os.open("/", DIRECTORY | os.O_DIRECTORY)
    try:
        left = [part for part in reversed(path.split("/")) if part not in {"", "."}]
        links = 0
        while left:
            step = left.pop()
            there = os.open(step, DIRECTORY, dir_fd=here)
            if stat.S_ISLNK(os.fstat(there).st_mode):
                target = _target(here, there)
                os.close(there)
                links += 1
                if links > MAX_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                left += [part for part in reversed(target.split("/")) if part not in {"", "."}]
                if not target.startswith("/"):
                    continue
                there = os.open("/", DIRECTORY | os.O_DIRECTORY)
            os.close(here)
            here = there
        yield here
    finally:
        os.close(here)


def _target(directory: int, link: int) -> str:
    """Read where a link leads, if nobody but root and this user can have laid it.

    Raises:
        PermissionError: somebody else can.
    """
    about = os.fstat(directory)
    trusted = {0, os.geteuid()}
    if about.st_mode & OTHERS_WRITE or about.st_uid not in trusted or os.fstat(link).st_uid not in trusted:
        raise PermissionError(errno.EPERM, "a symbolic link is in the way where others may put one")
    return os.readlink("", dir_fd=link)


def _write(directory: int, name: str, data: bytes, owner: tuple[int, int] | None) -> None:
    """Write under a name that nobody can guess, then give the file its own name, which must be free."""
    unfinished = f".{name[:64]}.{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(unfinished, flags, 0o600, dir_fd=directory)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            if owner is not None:
                os.fchown(file, *owner)
            os.fsync(file)
        os.link(unfinished, name, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
    finally:
        os.unlink(unfinished, dir_fd=directory)


def shown(path: str) -> str:
    """Write a path so that it prints."""
    return path if path.isprintable() else ascii(path)
