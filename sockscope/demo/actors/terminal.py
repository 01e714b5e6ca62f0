"""A session on a pseudo-terminal as job control leaves it.

In front: `sleep | cat`. Behind: a sleeping job, and one that read the terminal and was stopped for it (SIGTTIN).
"""

import contextlib
import fcntl
import os
import signal
import termios

from sockscope.demo.backstage import Truth, child, die_with, group

LAST_FD = 64
"""Descriptors above standard error that a command could have inherited."""


def play() -> Truth:
    """Start what stands for a terminal emulator, and a shell in it."""
    return group("demo: terminal emulator", _emulator)


def _emulator() -> Truth:
    master, slave = os.openpty()
    shell = child("demo: shell", lambda: _shell(master, slave))
    tty = os.ttyname(slave).removeprefix("/dev/")
    os.close(slave)
    return {"master": master, "tty": tty, "shell": shell}


def _shell(master: int, slave: int) -> Truth:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    os.close(master)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    front = _job(slave, ["sleep", "1000000"], ["cat"])
    os.tcsetpgrp(slave, front["pgid"])
    behind = _job(slave, ["sleep", "2000000"])
    stopped = _job(slave, ["cat"])
    os.waitpid(stopped["pids"][0], os.WUNTRACED)
    return {"slave": slave, "front": front, "behind": behind, "stopped": stopped}


def _job(terminal: int, *commands: list[str]) -> Truth:
    """Start commands with pipes between them, in a process group of their own."""
    shell = os.getpid()
    pids: list[int] = []
    source = terminal
    for command in commands:
        reading, writing = (-1, terminal) if command is commands[-1] else os.pipe()
        pid = os.fork()
        if pid == 0:
            _become(command, shell, pids[0] if pids else 0, (source, writing, terminal))
        pids.append(pid)
        with contextlib.suppress(PermissionError):  # it has done so itself, and has gone on to exec
            os.setpgid(pid, pids[0])
        for ours in {source, writing} - {terminal}:
            os.close(ours)
        source = reading
    return {"pgid": pids[0], "pids": pids}


def _become(command: list[str], shell: int, pgid: int, streams: tuple[int, int, int]) -> None:
    """Turn a fork into a command of a job."""
    try:
        die_with(shell)
        os.setpgid(0, pgid)
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.closerange(3, LAST_FD)
        os.execvp(command[0], command)  # noqa: S606 - fixed words, no shell wanted
    finally:
        os._exit(1)
