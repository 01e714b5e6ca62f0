"""A session on a pty as job control leaves it.

In front: `sleep | cat`. Behind: a sleeping job that ignores SIGINT and SIGTTIN,
and one that read the terminal and was stopped by SIGTTIN.
"""

import contextlib
import fcntl
import os
import signal
import termios

import stage

master, slave = os.openpty()


def job(*commands: list[str], stdin: int) -> dict[str, object]:
    """Start a pipeline in a process group of its own; only its last command reads the one before."""
    shell = os.getpid()
    pids: list[int] = []
    source = stdin
    for position, command in enumerate(commands):
        last = position == len(commands) - 1
        reading, writing = (-1, slave) if last else os.pipe()
        pid = os.fork()
        if pid == 0:
            stage.die_with(shell)
            os.setpgid(0, pids[0] if pids else 0)
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            os.dup2(source, 0)
            os.dup2(writing, 1)
            os.closerange(3, 64)
            os.execvp(command[0], command)
        pids.append(pid)
        with contextlib.suppress(PermissionError):  # it has done so itself, and has gone on to exec
            os.setpgid(pid, pids[0])
        if source != stdin:
            os.close(source)
        if not last:
            os.close(writing)
        source = reading
    return {"pgid": pids[0], "pids": pids}


def run_shell() -> dict[str, object]:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    os.close(master)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    front = job(["sleep", "1000"], ["cat"], stdin=slave)
    os.tcsetpgrp(slave, front["pgid"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    behind = job(["sleep", "2000"], stdin=slave)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTTIN, signal.SIG_DFL)
    stopped = job(["cat"], stdin=slave)
    os.waitpid(stopped["pids"][0], os.WUNTRACED)
    return {"slave": slave, "front": front, "behind": behind, "stopped": stopped}


truth = stage.child(run_shell)
stage.tell(master=master, tty=os.ttyname(slave).removeprefix("/dev/"), shell=truth)
