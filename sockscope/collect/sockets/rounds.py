"""Which network namespaces are asked about their sockets in a look: all, or, where these are too many, some in turn.

Any user may make thousands. Each costs a thread that enters it, and a dump of each family that has sockets there; for
TCP the kernel walks the table of the whole machine each time, which takes some milliseconds.
"""

from collections.abc import Collection, Sequence

from sockscope.collect.sockets.netspaces import NetNamespace

LOOK = 1 << 8
"""Namespaces that are asked in one of the looks that follow each other."""
ONLY_LOOK = 1 << 10
"""In a look that no other follows."""


class Rounds:
    """Let namespaces take turns."""

    def __init__(self, most: int = LOOK) -> None:
        """Let `most` of them have their turn in a look."""
        self._most = most
        self._look = 0
        self._asked: dict[int, int] = {}
        """The look in which a namespace was asked last, by inode."""

    def begin(self) -> None:
        """Start a look."""
        self._look += 1

    def choose(
        self, namespaces: Sequence[NetNamespace], first: Collection[int] = ()
    ) -> tuple[list[NetNamespace], list[NetNamespace]]:
        """Part namespaces into those whose turn it is and the others, each in the order they are given in.

        Asked again within one look, it stays with those that it has chosen.

        Args:
            namespaces: all of them; the first is ours, whose turn it always is.
            first: inodes of those that somebody waits for.
        """
        if len(namespaces) <= self._most:
            turn = {one.inode for one in namespaces}
        else:
            # What was chosen in this look already, what is waited for, then who has waited longest.
            rank = {
                one.inode: (
                    self._asked.get(one.inode) != self._look,
                    one.inode not in first,
                    self._asked.get(one.inode, 0),
                )
                for one in namespaces[1:]
            }
            longest = sorted(rank, key=rank.__getitem__)
            turn = {namespaces[0].inode, *longest[: self._most - 1]}
        there = {one.inode for one in namespaces}
        self._asked = {inode: look for inode, look in self._asked.items() if inode in there}
        self._asked.update(dict.fromkeys(turn, self._look))
        return [one for one in namespaces if one.inode in turn], [one for one in namespaces if one.inode not in turn]
