"""Files and descriptor tables under /proc, read without opening what they lead to.

Only links are read (`readlink`, `lstat`): a target is never opened or followed, because a FIFO would
block, a terminal would be acquired, and a file on a dead network mount would hang the caller.
"""

import os
import stat
from collections.abc import Iterator

_CHUNK = 16 << 10
_RECORD = 4 << 10


class Procfs:
    """One procfs mount. Every method may raise `OSError`: processes end while they are looked at."""

    def __init__(self, root: str = "/proc") -> None:
        """Look at `root`, which may be a recorded tree."""
        self.root = root
        self._counts = self._has_counts()

    def pids(self) -> list[int]:
        """List the processes there are, in the order of the kernel (ascending)."""
        return [int(name) for name in os.listdir(self.root) if name.isdecimal()]

    def tasks(self, pid: int) -> list[int]:
        """List the threads of a process; its main thread has the tid `pid`."""
        return [int(name) for name in os.listdir(f"{self.root}/{pid}/task") if name.isdecimal()]

    def read(self, pid: int, name: str, limit: int = 1 << 20) -> bytes:
        """Read at most `limit` bytes of a file of a process, such as `stat` or `task/12/syscall`."""
        return _read(f"{self.root}/{pid}/{name}", limit)

    def record(self, pid: int, name: str) -> bytes:
        """Read a short file of a process that the kernel gives as one record, such as `schedstat`: in one go."""
        file = os.open(f"{self.root}/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.read(file, _RECORD)
        finally:
            os.close(file)

    def open_infos(self, pid: int) -> int:
        """Open the directory of a process's fdinfo files, for `read_record`. The caller closes it."""
        return os.open(f"{self.root}/{pid}/fdinfo", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    @staticmethod
    def read_record(directory: int, name: str, limit: int = 1 << 20) -> bytes:
        """Read at most `limit` bytes of a file that the kernel gives as one record, as all of fdinfo.

        Below an open directory the path is not walked again: two thirds of the cost of `read`.
        """
        file = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=directory)
        try:
            record = os.read(file, _RECORD)
            # A record that leaves room in the buffer has ended (fs/seq_file.c).
            return record if len(record) < _RECORD else record + _rest(file, limit - len(record))
        finally:
            os.close(file)

    def read_system(self, name: str, limit: int = 1 << 20) -> bytes:
        """Read at most `limit` bytes of a file of no process, such as `tty/drivers`."""
        return _read(f"{self.root}/{name}", limit)

    def link(self, pid: int, name: str) -> bytes:
        """Read a link of a process, such as `cwd` or `ns/net`, as raw bytes."""
        return os.readlink(os.fsencode(f"{self.root}/{pid}/{name}"))

    def inode(self, pid: int, name: str) -> int:
        """Return the inode of a file of a process, such as `net/tcp`, the link itself where it is one."""
        return os.lstat(f"{self.root}/{pid}/{name}").st_ino

    def owner(self, pid: int) -> int:
        """Return the uid that owns a process: its effective uid, or root's while it is not dumpable."""
        return os.stat(f"{self.root}/{pid}").st_uid

    def fd_count(self, pid: int) -> int:
        """Count open descriptors, readable for any process; -1 where this kernel or user cannot know.

        Since Linux 6.2 the size of `/proc/PID/fd` is this count (`Documentation/filesystems/proc.rst`).
        """
        return self.table_state(pid)[1]

    def table_state(self, pid: int) -> tuple[int, int]:
        """Return the inode of `/proc/PID/fd` and the number of open descriptors; 0 and -1 where they cannot be known.

        procfs makes the inode for one process and never for two (fs/proc/base.c, `proc_pid_make_inode`), so where
        it is as before, so is the process: a pid that was given away again has another.
        """
        try:
            found = os.stat(f"{self.root}/{pid}/fd")
        except OSError:
            return 0, -1
        return found.st_ino, found.st_size if self._counts else -1

    def open_table(self, pid: int, tid: int = 0) -> int:
        """Open the descriptor table of a process, or of one of its threads, for `links` and `access`.

        The directory descriptor stays with this very process: once it has ended, reads fail with
        `ESRCH` or `ENOENT` even if its pid is used again. The caller closes it.
        """
        path = f"{self.root}/{pid}/task/{tid}/fd" if tid else f"{self.root}/{pid}/fd"
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    @staticmethod
    def links(table: int) -> Iterator[tuple[int, bytes | None, OSError | None]]:
        """Yield (number, link text, None) for each descriptor of a table, or (number, None, error).

        A descriptor that was closed since the listing yields `ENOENT`; a table that may be listed but not
        read yields `EACCES` for every number.
        """
        readlink = os.readlink
        for name in os.listdir(table):
            try:
                yield int(name), readlink(name.encode(), dir_fd=table), None
            except OSError as error:
                yield int(name), None, error

    @staticmethod
    def access(table: int, name: int | str) -> str:
        """Return `r`, `w`, `rw` or "" (`O_PATH`) for a descriptor of a table, from its link's permission bits."""
        mode = os.stat(str(name), dir_fd=table, follow_symlinks=False).st_mode
        return ("r" if mode & stat.S_IRUSR else "") + ("w" if mode & stat.S_IWUSR else "")

    def _has_counts(self) -> bool:
        # Before Linux 6.2 the size is 0 for every process, and this one has descriptors open.
        try:
            return os.stat(f"{self.root}/self/fd").st_size > 0
        except OSError:
            return True


def _read(path: str, limit: int) -> bytes:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _rest(file, limit)
    finally:
        os.close(file)


def _rest(file: int, limit: int) -> bytes:
    # Files of /proc have no size to ask for, and give one record or page at a time.
    chunks: list[bytes] = []
    while limit > 0 and (chunk := os.read(file, min(limit, _CHUNK))):
        chunks.append(chunk)
        limit -= len(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
