"""What the row of a group says, in parts that a view lays out; none of it is about a screen."""

from msgspec import Struct


class Title(Struct, frozen=True):
    """Parts of the row of a group. Only `name` comes from outside, so it is what gives way when space is short."""

    label: str
    """What it is and its number: `pgrp 2391592`, `session 4711`, `user`, `tcp`."""
    name: str
    """What it is called: the leader's command, a user, a path, what an object is. May be ""."""
    count: int
    """Members in the world, listed or not."""
    unit: str = "process"
    """What the members are: `process`, or `holder` for descriptors of one object."""
    tty: str = ""
    foreground: bool = False
    """Whether its terminal reads from it (a process group only)."""
    note: str = ""
    """Something unusual in a few words: `leader gone`."""

    @property
    def counted(self) -> str:
        """`1 process`, `3 holders`."""
        plural = "es" if self.unit.endswith("s") else "s"
        return f"{self.count} {self.unit}{'' if self.count == 1 else plural}"
