"""What one frame changed: the keys that a view has to look at again."""

from dataclasses import dataclass, field

from sockscope.model.keys import DescriptorKey, ProcessKey


@dataclass(slots=True)
class Changes:
    """Keys by what happened to them. After the first look everything is known and nothing is new."""

    full: bool = False
    """The first look: build everything; all sets are empty. A later full frame comes as its difference."""
    processes_new: set[ProcessKey] = field(default_factory=set)
    processes_changed: set[ProcessKey] = field(default_factory=set)
    processes_ended: set[ProcessKey] = field(default_factory=set)
    descriptors_new: set[DescriptorKey] = field(default_factory=set)
    descriptors_changed: set[DescriptorKey] = field(default_factory=set)
    """The number was open before; it may lead to another object now, or be described in other words."""
    descriptors_moved: set[DescriptorKey] = field(default_factory=set, compare=False)
    """Those of them that lead to another object now."""
    descriptors_closed: set[DescriptorKey] = field(default_factory=set)
    """Closed by number, or gone with their process."""
    sockets: set[int] = field(default_factory=set)
    """`Socket.key` of sockets that are new, changed or gone."""
    held: set[int] = field(default_factory=set, compare=False)
    """Inodes of sockets that a descriptor has come to or left: somebody may hold them now, or nobody any more."""
    epolls: set[str] = field(default_factory=set)
    """Objects of epoll instances that are new, changed or gone."""
    waits: set[ProcessKey] = field(default_factory=set)
    """Processes whose threads wait for something else than before, or run."""
    found: set[ProcessKey] = field(default_factory=set)
    """Processes of which something else was found to be wrong than before, or of a descriptor of theirs."""
    namespaces: bool = False
    """Whether a network namespace has come, gone or changed its name."""

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return self.full or any(
            (
                self.processes_new,
                self.processes_changed,
                self.processes_ended,
                self.descriptors_new,
                self.descriptors_changed,
                self.descriptors_closed,
                self.sockets,
                self.epolls,
                self.waits,
                self.namespaces,
            )
        )
