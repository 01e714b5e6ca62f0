"""Sections that only some kinds have: what a pidfd stands for, what a ring keeps open, what is in flight."""

from sockscope.frames.messages import DescriptorReport
from sockscope.model.descriptor import Descriptor
from sockscope.tui.fields_pane import field_lines
from sockscope.tui.holders_pane import holder_lines, unheld_line
from sockscope.tui.ink import Span
from sockscope.tui.section import PaneLine, Section, evidence, wrapped
from sockscope.world.descriptor_index import registered_sockets
from sockscope.world.world import World


def kind_sections(world: World, descriptor: Descriptor, report: DescriptorReport | None, width: int) -> list[Section]:
    """Tell what only this kind of descriptor has; nothing for most."""
    return [*_handle_on(world, descriptor), *_keeps_open(world, descriptor), *_in_flight(descriptor, report, width)]


def _handle_on(world: World, descriptor: Descriptor) -> list[Section]:
    """Name the process that a pidfd is a handle on."""
    pid = (descriptor.fields or {}).get("pid")
    if descriptor.kind != "pidfd" or not isinstance(pid, int) or pid <= 0:
        return []
    process = world.process(pid)
    spans: tuple[Span, ...] = ((f"  {pid}  ", "accent"), ("not shown" if process is None else process.title, ""))
    line = PaneLine(spans, None if process is None else process.key)
    return [Section("Handle on", (line,), None, evidence("proven", "Pid of its fdinfo"))]


def _keeps_open(world: World, descriptor: Descriptor) -> list[Section]:
    """Name the sockets that an io_uring keeps open by itself."""
    inodes = sorted(set(registered_sockets(descriptor)))
    lines: list[PaneLine] = []
    for ino in inodes:
        holders = world.socket_holders(ino)
        socket = world.socket_by_ino(ino)
        if socket is not None and not holders:
            lines.append(unheld_line(socket.key, f"ino {ino}"))
        lines += holder_lines(world, holders, " ", "")
    if not lines:
        return []
    return [Section("Keeps open", tuple(lines), len(inodes), evidence("proven", "UserFiles of its fdinfo"))]


def _in_flight(descriptor: Descriptor, report: DescriptorReport | None, width: int) -> list[Section]:
    fields = (descriptor.fields or {}) if report is None else report.fields
    count = fields.get("scm_fds", 0)
    if not isinstance(count, int) or not count:
        return []
    text = "descriptor waits" if count == 1 else "descriptors wait"
    lines = wrapped(f"{text} in its receive queue, held by nobody until the message is received", width)
    return [Section("In flight", tuple(lines), count, evidence("proven", "scm_fds of its fdinfo"))]


def details_section(report: DescriptorReport | None, width: int) -> list[Section]:
    """Tell what sock_diag knows of a connection when it is looked at: times, windows, retransmits, rates."""
    # Most counters of a healthy connection are 0, and would push what matters off the screen.
    told = {} if report is None else {name: value for name, value in report.details.items() if value not in (0, "")}
    if not told:
        return []
    return [Section("Details", tuple(field_lines(told, width)), None, (("sock_diag, when looked at", "dim"),))]
