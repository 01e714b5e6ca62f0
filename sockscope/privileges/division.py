"""Rights are divided: helpers keep what looking and writing take, and the view that goes on keeps none."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from sockscope.privileges.invoker import RightsError, acting_as, find_invoker
from sockscope.privileges.roles import confine_scribe, confine_spawner, confine_view, require_readable
from sockscope.privileges.scribe import Scribe
from sockscope.privileges.spawner import Spawner


def divide_for_recording(command: Sequence[str]) -> Spawner:
    """Leave what looking takes to a spawner, and go on with no right but descriptors that are open.

    To be called once, early: while there is one thread and nothing that reads frames is loaded.

    Args:
        command: the collector, as a program and its arguments.

    Raises:
        InvokerError: sudo's variables make no sense.
        RightsError: rights could not be given up, or what is left cannot read the rest of this program.
    """
    invoker = find_invoker(os.environ, os.geteuid())
    try:
        spawner = Spawner(command, partial(confine_spawner, invoker))
        confine_view(invoker, (spawner.pid,))
    except OSError as error:
        msg = f"cannot give up rights: {error.strerror}"
        raise RightsError(msg) from error
    if invoker is not None:
        require_readable(invoker)
    return spawner


def reading(path: str, helpers: Sequence[int] = (), opened: Callable[[], None] = lambda: None) -> int:
    """Open a file of the user who asked as that user, and go on with no right but its descriptor, which is returned.

    To be called once, early: while there is one thread and nothing that parses the file is loaded.

    Args:
        path: the file.
        helpers: processes of ours that this one may have to end.
        opened: is called once the file is open, still as the user: to open what is to be written.

    Raises:
        InvokerError: sudo's variables make no sense.
        OSError: the file cannot be opened.
        RightsError: rights could not be given up, or what is left cannot read the rest of this program.
    """
    invoker = find_invoker(os.environ, os.geteuid())
    with acting_as(invoker):
        # Of a FIFO nobody is waited for, and a terminal does not become ours: what it is finds out who reads it.
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        opened()
    try:
        confine_view(invoker, helpers)
    except OSError as error:
        msg = f"cannot give up rights: {error.strerror}"
        raise RightsError(msg) from error
    if invoker is not None:
        require_readable(invoker)
    return file


def reading_with_a_scribe(path: str, write_new: Callable[[str, bytes], str]) -> tuple[int, Scribe]:
    """Open a file as `reading` does, and leave writing new ones to a scribe.

    Args:
        path: the file.
        write_new: makes a file that did not exist, and returns "" or one line that says why it did not.

    Raises:
        InvokerError: sudo's variables make no sense.
        OSError: the file cannot be opened.
        RightsError: rights could not be given up, or what is left cannot read the rest of this program.
    """
    invoker = find_invoker(os.environ, os.geteuid())
    try:
        scribe = Scribe(write_new, partial(confine_scribe, invoker))
    except OSError as error:
        msg = f"cannot give up rights: {error.strerror}"
        raise RightsError(msg) from error
    return reading(path, (scribe.pid,)), scribe


class Helpers(NamedTuple):
    """Processes that a view leaves its rights to."""

    spawner: Spawner
    scribe: Scribe


def divide(command: Sequence[str], write_new: Callable[[str, bytes], str], children: Sequence[int] = ()) -> Helpers:
    """Leave what rights there are to helpers, and go on as a view that has none.

    To be called once, early: while there is one thread and nothing of the view is loaded.

    Args:
        command: the collector, as a program and its arguments.
        write_new: makes a file that did not exist, and returns "" or one line that says why it did not.
        children: processes of ours that the view may have to end.

    Raises:
        InvokerError: sudo's variables make no sense.
        RightsError: rights could not be given up, or what is left cannot read the rest of this program.
    """
    invoker = find_invoker(os.environ, os.geteuid())
    try:
        spawner = Spawner(command, partial(confine_spawner, invoker))
        scribe = Scribe(write_new, partial(confine_scribe, invoker))
        confine_view(invoker, (spawner.pid, scribe.pid, *children))
    except OSError as error:
        msg = f"cannot give up rights: {error.strerror}"
        raise RightsError(msg) from error
    if invoker is not None:
        require_readable(invoker)
    return Helpers(spawner, scribe)
