"""What a process is called in a list."""

from sockscope.model.process import Process

CUT = "…"


def command(process: Process, limit: int = 0) -> str:
    """Command line on one line, cut to `limit` characters (0: whole); `[comm]` where there is none."""
    title = process.title
    return title if limit <= 0 or len(title) <= limit else title[: limit - 1] + CUT
