"""Looks at this machine, again and again, into a file: what `record` does."""

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sockscope.cli import streams
from sockscope.cli.collecting import collector_command
from sockscope.cli.exit_codes import DENIED, OK, USAGE
from sockscope.cli.recording_arguments import record_parser
from sockscope.cli.refusal import CommandError
from sockscope.cli.requirements import pids_of, require_machine, require_processes

if TYPE_CHECKING:
    from sockscope.feed.stream import Feed
    from sockscope.frames.messages import Message
    from sockscope.recording.writer import Writer
    from sockscope.report.own_file import OwnFile

_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HOST = 64
"""Characters of the name of a machine in the name of a file."""


def record(words: list[str]) -> int:
    """Record until somebody ends it, and return the exit code.

    Raises:
        CommandError: the file cannot be written (any more), or there is no way to give rights up.
        UsageError: the words make no sense.
    """
    options = record_parser().parse_args(words)
    require_machine()
    pids = pids_of(options.pid)
    require_processes(pids)
    file = _opened(options.output or _name())
    feed = _divided(options)
    writer = _writer(file, options)
    recorder = _Recorder(feed, writer, pids, options.interval)
    if sys.stderr is not None and sys.stderr.isatty():
        streams.complain(f"recording to {file.path}; Ctrl+C ends that", OK)
    reason = asyncio.run(recorder.run())
    if reason:
        msg = f"{reason}; {_summary(file, writer)}"
        raise CommandError(msg, DENIED)
    streams.write(_summary(file, writer))
    return OK


def _name() -> str:
    host = "".join(
        char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in os.uname().nodename
    )
    return f"{host[:_HOST] or 'machine'}-{time.strftime('%Y%m%d-%H%M%S')}.scope"


def _opened(path: str) -> "OwnFile":
    """Open the file as the user who asked, before any right is given up."""
    from sockscope.privileges.invoker import InvokerError, RightsError, acting_as, find_invoker
    from sockscope.report.new_file import NewFileError
    from sockscope.report.own_file import open_own

    try:
        with acting_as(find_invoker(os.environ, os.geteuid())):
            return open_own(path)
    except NewFileError as error:
        raise CommandError(str(error), DENIED) from error
    except InvokerError as error:
        raise CommandError(str(error), USAGE) from error
    except RightsError as error:
        raise CommandError(str(error), DENIED) from error


def _divided(options: argparse.Namespace) -> "Feed":
    """Leave looking to a spawner, keep the open file and no right, and return the feed that comes from there."""
    from sockscope.privileges.division import divide_for_recording
    from sockscope.privileges.invoker import InvokerError, RightsError
    from sockscope.privileges.spawner import SpawnerGoneError

    command = collector_command(options.interval, no_diag=options.no_diag, nice=options.nice)
    try:
        spawner = divide_for_recording(command)
        from sockscope.feed.spawned import SpawnedFeed

        return SpawnedFeed(spawner)
    except InvokerError as error:
        raise CommandError(str(error), USAGE) from error
    except (RightsError, SpawnerGoneError) as error:
        raise CommandError(str(error), DENIED) from error


def _writer(file: "OwnFile", options: argparse.Namespace) -> "Writer":
    """Go on with a recording, or begin one.

    Raises:
        CommandError: there is something else in the file.
    """
    from sockscope.recording.layout import RecordingError
    from sockscope.recording.reader import resumed
    from sockscope.recording.writer import Room

    try:
        return resumed(file.descriptor, Room(options.keep, options.max))
    except RecordingError as error:
        msg = f"{file.path}: {error}; nothing was written"
        raise CommandError(msg, DENIED) from error


def _summary(file: "OwnFile", writer: "Writer") -> str:
    from sockscope.kinds.quantities import size

    return f"{writer.looks} look{'' if writer.looks == 1 else 's'} in {file.path} ({size(writer.size)})"


class _Recorder:
    """Takes frames of a feed and has them written, until a signal, or until it cannot go on."""

    def __init__(self, feed: "Feed", writer: "Writer", pids: Sequence[int], interval: float) -> None:
        from sockscope.recording.only import Only

        self._feed = feed
        self._writer = writer
        self._only = Only(pids)
        self._interval = interval
        self._ended = asyncio.Event()
        self._reason = ""

    async def run(self) -> str:
        """Record; return why it ended, "" where it was ended by a signal."""
        from sockscope.feed.lifeline import keep_reading

        loop = asyncio.get_running_loop()
        for number in _ENDS:
            loop.add_signal_handler(number, self._ended.set)
        reading = asyncio.create_task(keep_reading(self._feed, self._take, self._mourn))
        ended = asyncio.create_task(self._ended.wait())
        try:
            done, _ = await asyncio.wait((reading, ended), return_when=asyncio.FIRST_COMPLETED)
            if reading in done and (error := reading.exception()) is not None:
                raise error
        finally:
            reading.cancel()
            ended.cancel()
            await self._feed.stop()
            self._finish()
        return self._reason

    def _take(self, message: "Message") -> None:
        from sockscope.frames.messages import Frame, Hello, Next

        if self._ended.is_set():
            return
        try:
            if isinstance(message, Hello):
                self._writer.greet(message)
            elif isinstance(message, Frame):
                self._writer.take(self._only.reduce(message), time.clock_gettime(time.CLOCK_BOOTTIME))
        except OSError as error:
            self._give_up(f"it cannot be written any more ({error.strerror or error})")
            return
        if self._writer.full:
            self._give_up("the file has the size that --max allows, and this file system gives nothing back")
        elif isinstance(message, Frame | Hello):
            self._feed.send(Next())

    def _mourn(self, reason: str, delay: float) -> None:
        if delay == float("inf"):
            self._give_up(f"the collector died again and again: {reason}")

    def _give_up(self, reason: str) -> None:
        self._reason = self._reason or reason
        self._ended.set()

    def _finish(self) -> None:
        try:
            self._writer.end_block()
        except OSError as error:
            # All looks are there; whoever reads it goes through them one by one.
            self._reason = self._reason or f"it cannot be written any more ({error.strerror or error})"
