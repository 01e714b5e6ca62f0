"""What a process is called in a list."""

from sockscope.model.process import Process

CUT = "…"


def command(process: Process, limit: int = 0) -> str:
    """Command line on one line, cut to `limit` characters (0: whole); `[comm]` where there is none."""
    return cut(process.title, limit)


def cut(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, the last of them a sign that something is missing; 0 leaves it whole."""
    return text if limit <= 0 or len(text) <= limit else text[: limit - 1] + CUT
