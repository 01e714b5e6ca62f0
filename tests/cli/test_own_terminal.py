"""`/dev/tty` is the terminal that the command is typed on, and no file that everybody has in common."""

import os
import pty

from sockscope.cli.requirements import absolute_target


def told_on_a_terminal_of_its_own() -> tuple[str, str]:
    """What a process makes of `/dev/tty`, with the name of the terminal that it was given."""
    reading, writing = os.pipe()
    pid, master = pty.fork()
    if pid == 0:
        os.write(writing, f"{absolute_target('/dev/tty')}\n{os.ttyname(0)}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        found = told.read()
    os.close(master)
    os.waitpid(pid, 0)
    made, name = found.split("\n")
    return made, name


def test_the_terminal_of_who_asks_is_meant_by_its_stand_in() -> None:
    made, name = told_on_a_terminal_of_its_own()
    assert made == name != "/dev/tty"


def test_every_other_device_is_itself() -> None:
    assert absolute_target("/dev/pts/3") == "/dev/pts/3"
