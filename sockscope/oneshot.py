"""One look at this machine, put into text or JSON: what `snapshot` and `show` print."""

import contextlib
import gc
import os
import sys
from collections.abc import Iterator

from sockscope.collect.collector import Collector
from sockscope.collect.inspect import Inspector
from sockscope.collect.serve import hello
from sockscope.collect.socket_options import answer_options
from sockscope.collect.watchdog import REASON, Watchdog
from sockscope.exit_codes import DENIED
from sockscope.forks import share_out
from sockscope.frames.messages import Answer, Inspect, Options, OptionsAnswer
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.report.encoding import to_json
from sockscope.report.selection import Selection
from sockscope.report.show import show_document, show_process_document
from sockscope.report.show_text import show_process_text, show_text
from sockscope.report.snapshot import snapshot_document, snapshot_lines
from sockscope.report.targets import TargetMissingError, resolve
from sockscope.report.tree import snapshot_tree
from sockscope.world.filter.compiling import Filter, compile_filter
from sockscope.world.filter.parsing import parse
from sockscope.world.filter.syntax import keys_of
from sockscope.world.world import World

FEW = 4
"""Pieces of a report, thousands of lines each, that are no work for a fork."""


def snapshot(
    form: str, pids: list[int], *, kernel_threads: bool, width: int | None, no_diag: bool = False, filter_text: str = ""
) -> str | bytes:
    """Draw one picture of the machine as `tree`, `json` or `ndjson`, the last in UTF-8 whatever the locale.

    Args:
        form: which of the three.
        pids: processes to list, all when empty.
        kernel_threads: whether to list kernel threads.
        width: columns that lines of the tree are cut to, None for no cutting.
        no_diag: whether to leave sock_diag alone and read /proc/net.
        filter_text: what to list, in the language of filters; "" for everything.

    Raises:
        FilterError: the filter makes no sense.
    """
    expression = parse(filter_text)
    world, collector = _look(all_flags=form != "tree" or "flag" in keys_of(expression), no_diag=no_diag)
    collector.close()
    selection = _selection(compile_filter(world, expression), pids, kernel_threads=kernel_threads)
    if form == "json":
        return to_json(snapshot_document(world, selection))
    if form == "ndjson":
        return b"".join(share_out(snapshot_lines(world, selection), FEW))
    return snapshot_tree(world, selection, width)


def _selection(found: Filter, pids: list[int], *, kernel_threads: bool) -> Selection:
    if found.empty:
        return Selection(frozenset(pids), kernel_threads=kernel_threads)
    return Selection(frozenset(pids), found.accepts, kernel_threads, found.accepts_process)


def show(target: str, form: str, *, width: int | None, options: bool = False, no_diag: bool = False) -> str:
    """Describe one descriptor, process or socket in depth as `text` or `json`.

    Args:
        target: what to show, as `resolve` reads it.
        form: which of the two.
        width: columns that lines are cut to, None for no cutting.
        options: whether to read the options of a socket, through a duplicate of its descriptor.
        no_diag: whether to leave sock_diag alone and read /proc/net.

    Raises:
        TargetSyntaxError: the target is not written as any target is.
        TargetMissingError: there is no such thing.
        PermissionError: it is there, and hidden from this user; says so in one line.
    """
    world, collector = _look(all_flags=True, no_diag=no_diag)
    try:
        found = resolve(world, target)
        key = found[0]
        with _watched(collector):
            answer = _inspect(world, Inspector(collector.procfs, collector.answering, collector.details), key)
            asked = _options(world, collector, key) if options and isinstance(key, DescriptorKey) else None
    finally:
        collector.close()
    if isinstance(key, DescriptorKey):
        shown = _descriptor(world, key, answer, asked, form, width)
    else:
        shown = _process(world, key, answer, form, width)
    if shown is None:
        msg = f"{target}: it has ended meanwhile"
        raise TargetMissingError(msg)
    others = [_named(other) for other in found[1:]]
    if form == "text" and others:
        shown += f"\nAlso {target}: {' '.join(others)}\n"
    return shown


def _named(key: DescriptorKey | ProcessKey) -> str:
    return f"{key.pid}:{key.fd}" if isinstance(key, DescriptorKey) else str(key.pid)


def _look(*, all_flags: bool, no_diag: bool) -> tuple[World, Collector]:
    # All that is made here lives until the end, a few hundred milliseconds away: looking for garbage is a waste.
    gc.disable()
    collector = Collector(all_flags=all_flags, once=True, no_diag=no_diag)
    world = World()
    world.greet(hello(collector.procfs))
    collector.begin()
    with _watched(collector):
        frame = collector.refresh()
    world.apply(frame)
    return world, collector


@contextlib.contextmanager
def _watched(collector: Collector) -> Iterator[None]:
    with Watchdog(collector.procfs, _give_up) as watchdog, watchdog.looking():
        yield


def _give_up() -> None:
    """End with the code of what cannot be looked at; the thread that waits hears no exception."""
    sys.stderr.write(f"sockscope: {REASON}\n")
    sys.stderr.flush()
    os._exit(DENIED)


def _inspect(world: World, inspector: Inspector, key: DescriptorKey | ProcessKey) -> Answer:
    """Look at a descriptor or process in depth, and at the threads that wait on the same object."""
    if not isinstance(key, DescriptorKey):
        return inspector.answer(Inspect(0, key.pid, key.start), None)
    descriptor = world.descriptor(key)
    holders = world.holders(descriptor.object) if descriptor else ()
    request = Inspect(0, key.pid, key.start, key.fd, tuple((one.pid, one.fd) for one in holders if one != key))
    return inspector.answer(request, descriptor.kind if descriptor else None)


def _options(world: World, collector: Collector, key: DescriptorKey) -> OptionsAnswer | None:
    """Ask for the options of the socket behind a descriptor; None for what is no socket."""
    descriptor = world.descriptor(key)
    if descriptor is None or descriptor.kind != "socket":
        return None
    request = Options(0, key.pid, key.start, key.fd, descriptor.ino)
    return answer_options(collector.procfs, collector.answering, request)


def _descriptor(
    world: World, key: DescriptorKey, answer: Answer, options: OptionsAnswer | None, form: str, width: int | None
) -> str | None:
    if form == "text":
        return show_text(world, key, answer, width, options)
    document = show_document(world, key, answer, options)
    return None if document is None else to_json(document)


def _process(world: World, key: ProcessKey, answer: Answer, form: str, width: int | None) -> str | None:
    if form == "text":
        return show_process_text(world, key, answer, width)
    document = show_process_document(world, key, answer)
    return None if document is None else to_json(document)
