"""Two FIFOs and two files of one overlay, with one inode number each, in two layers. Argument: a directory. Root."""

import fcntl
import mmap
import os
import select
import sys

import stage

PLACE = sys.argv[1]
MAPPED = b"x" * mmap.PAGESIZE


def layers() -> None:
    """Mount two file systems that number alike, and an overlay of them that tells both numbers as they are."""
    for name in ("lower", "upper", "seen"):
        os.mkdir(f"{PLACE}/{name}")
    for name in ("lower", "upper"):
        stage.mount("tmpfs", f"{PLACE}/{name}", "tmpfs")
    os.mkdir(f"{PLACE}/upper/work")
    os.mkdir(f"{PLACE}/upper/files")
    for layer, name in (("lower", "low"), ("upper/files", "high")):
        make_alike(f"{PLACE}/{layer}", name)
    options = f"lowerdir={PLACE}/lower,upperdir={PLACE}/upper/files,workdir={PLACE}/upper/work,xino=off"
    stage.mount("overlay", f"{PLACE}/seen", "overlay", options)


def make_alike(layer: str, name: str) -> None:
    """Make a FIFO with inode 100 and a file with inode 101: a tmpfs counts what is made in it."""
    for filler in range(200):
        path = f"{layer}/{filler}"
        os.mkfifo(path)
        if os.stat(path).st_ino == FIFO:
            break
    os.rename(path, f"{layer}/{name}_fifo")
    with open(f"{layer}/{name}_file", "wb") as file:
        file.write(MAPPED)


FIFO = 100
stage.own_mounts()
layers()
seen = {name: f"{PLACE}/seen/{name}" for name in ("low_fifo", "high_fifo", "low_file", "high_file")}
reader = os.open(seen["low_fifo"], os.O_RDONLY | os.O_NONBLOCK)
stranger = os.open(seen["high_fifo"], os.O_RDWR)
writer = os.open(seen["low_fifo"], os.O_WRONLY)
epoll = stage.keep(select.epoll())
epoll.register(reader, select.EPOLLIN)
files = {name: os.open(seen[name], os.O_RDONLY) for name in ("low_file", "high_file")}
again = os.open(seen["low_file"], os.O_RDONLY)
fcntl.lockf(again, fcntl.LOCK_SH)
fcntl.flock(again, fcntl.LOCK_SH)
mapped = [stage.keep(mmap.mmap(fd, 0, prot=mmap.PROT_READ)) for fd in files.values()]
stage.tell(
    reader=stage.here(reader),
    writer=stage.here(writer),
    stranger=stage.here(stranger),
    epoll=stage.here(epoll.fileno()),
    low_file=stage.here(files["low_file"]),
    low_file_again=stage.here(again),
    high_file=stage.here(files["high_file"]),
)
