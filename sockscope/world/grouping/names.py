"""The groupings there are, by the name that `--group-by` and the configuration take. Imports nothing of the world."""

from typing import NamedTuple


class Choice(NamedTuple):
    """One grouping as a menu shows it."""

    name: str
    title: str
    about: str


CHOICES: tuple[Choice, ...] = (
    Choice("pgrp", "process group", "what a shell started together, and Ctrl+C ends together"),
    Choice("session", "session and terminal", "what was started from one terminal or daemon"),
    Choice("tree", "parent tree", "a process with its children and theirs"),
    Choice("user", "user", "by the owner of the process"),
    Choice("cgroup", "cgroup", "systemd units and containers"),
    Choice("netns", "network namespace", "who shares interfaces and ports"),
    Choice("finding", "finding", "what is wrong, and who is part of it; each process by the worst of it"),
    Choice("object", "kernel object", "one row for each socket, pipe, epoll …, and its holders below"),
)
NAMES: tuple[str, ...] = tuple(choice.name for choice in CHOICES)
DEFAULT = "pgrp"
