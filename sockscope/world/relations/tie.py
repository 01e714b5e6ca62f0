"""One statement about what somebody looks at, and how sure it is. Nothing can be stated without the two."""

from typing import Any

from msgspec import Struct

from sockscope.model.confidence import Confidence
from sockscope.model.keys import DescriptorKey, ProcessKey

SAME, OTHER, WATCH = "●", "◆", "◉"
"""Signs of the highlight: on the same kernel object, on the other end, an epoll that watches it."""

Facts = dict[str, Any]
"""Named values that go with a statement, as JSON writes them: int, str, bool, None, or lists of these."""


class Tie(Struct, frozen=True, kw_only=True):
    """What stands in one relation to the subject. A struct: a report of a crowded host makes one for each socket."""

    confidence: Confidence
    evidence: str
    """How it is known, in a few words (`UNIX_DIAG_PEER`, `one pipe inode, opposite access`); never ""."""
    holders: tuple[DescriptorKey, ...] = ()
    """Descriptors there; empty when no process that could be read holds it."""
    note: str = ""
    """Why there are no holders, or what else is to be said, or ""."""
    object: str = ""
    """`Descriptor.object` there, "" where it is not known."""
    socket: int = 0
    """`Socket.key` of the socket there; 0 for what is no socket, and for one that nothing described."""
    processes: tuple[ProcessKey, ...] = ()
    """Processes that are meant themselves, whatever they have open."""
    facts: Facts = {}

    @property
    def marked(self) -> tuple[DescriptorKey, ...]:
        """Descriptors whose rows get the sign of the relation."""
        return self.holders
