"""Protocols of held sockets that no dump describes, by the name that each socket has of its own."""

from collections.abc import Collection

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, clean
from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.kernel.protocol_name import read_protocol_name
from sockscope.model.descriptor import Descriptor


class ProtocolNames:
    """Read each once, and again when its descriptor was walked anew."""

    def __init__(self, root: str) -> None:
        """Follow descriptors below `root`, a mounted procfs."""
        self._root = root
        self._patience = Patience()
        self._names: dict[int, Clean] = {}

    def read(self, ino: int, holder: Descriptor, *, fresh: bool) -> Clean:
        """Name the protocol of a socket, "" where that is denied or takes too long.

        Args:
            ino: the socket's inode.
            holder: a descriptor of it.
            fresh: whether that was walked in this refresh, so that what is known may be of another socket.
        """
        known = self._names.get(ino)
        if known is not None and not fresh:
            return known
        link = f"{self._root}/{holder.pid}/fd/{holder.fd}"
        try:
            name = clean(self._patience.ask((link, ino), lambda: read_protocol_name(link, ino)))
        except NoAnswerError:
            return NOTHING
        except OSError:
            name = NOTHING
        self._names[ino] = name
        return name

    def forget(self, held: Collection[int]) -> None:
        """Forget all sockets but those that are held, by inode."""
        for ino in self._names.keys() - held:
            del self._names[ino]

    def close(self) -> None:
        """Wait for no answer any more; the next question gets a thread again."""
        self._patience.close()
