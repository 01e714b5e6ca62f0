"""What an inspection finds out about a socket and no relation tells."""

from sockscope.frames.messages import DescriptorReport
from sockscope.tui.panes.fields import field_lines
from sockscope.tui.panes.section import Section


def details_section(report: DescriptorReport | None, width: int) -> list[Section]:
    """Tell what sock_diag knows of a connection when it is looked at: times, windows, retransmits, rates."""
    # Most counters of a healthy connection are 0, and would push what matters off the screen.
    told = {} if report is None else {name: value for name, value in report.details.items() if value not in (0, "")}
    if not told:
        return []
    return [Section("Details", tuple(field_lines(told, width)), None, (("sock_diag, when looked at", "dim"),))]
