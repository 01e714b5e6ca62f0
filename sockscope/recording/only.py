"""Frames with the descriptors of some processes: what others have open is said not to have been recorded."""

from collections.abc import Iterable

from msgspec.structs import replace

from sockscope.abi.text import ours
from sockscope.frames.messages import Frame
from sockscope.model.process import Process

NOT_RECORDED = ours("not recorded (--pid)")
"""Why nothing is known of the descriptors of a process that was not asked for, as `Process.denied`."""


class Only:
    """Leaves of each frame the tables of some processes, and of their threads. Processes and sockets all stay.

    So that nobody takes a socket of somebody else for one that nobody holds: his process counts as unreadable.
    """

    def __init__(self, pids: Iterable[int]) -> None:
        """Keep the tables of `pids`; of all where there are none."""
        self._pids = frozenset(pids)
        self._left_out: dict[tuple[int, int], int] = {}
        """Descriptors of processes whose tables are left out."""

    def reduce(self, frame: Frame) -> Frame:
        """Return what is to be kept of a frame; of one after the other."""
        if not self._pids:
            return frame
        if frame.full:
            self._left_out.clear()
        for key in frame.ended:
            self._left_out.pop(key, None)
        processes = tuple(map(self._reduced, frame.processes))
        left_out, counts = self._left_out, frame.coverage
        hidden = sum(self._left_out.values())
        return replace(
            frame,
            processes=processes,
            tables=tuple(table for table in frame.tables if (table.pid, table.start) not in left_out),
            waits=tuple(waits for waits in frame.waits if waits.key not in left_out),
            coverage=replace(
                counts,
                unreadable_processes=counts.unreadable_processes + len(left_out),
                descriptors=max(0, counts.descriptors - hidden),
                unreadable_descriptors=counts.unreadable_descriptors + hidden,
            ),
        )

    def _reduced(self, process: Process) -> Process:
        if process.kernel_thread or process.denied or {process.pid, process.thread_of} & self._pids:
            self._left_out.pop(process.key, None)
            return process
        self._left_out[process.key] = max(0, process.fd_count)
        return replace(process, denied=NOT_RECORDED, table_of=0, unread=0)
