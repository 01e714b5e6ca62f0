"""Sockets that a ring keeps open by itself: registered files stay open although their process closed them."""

import re
from collections.abc import Iterator

from sockscope.kinds.words import entries, text
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.model.socket import Socket
from sockscope.world.index.entries import Entries
from sockscope.world.index.store import Store
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

EVIDENCE = "UserFiles of its fdinfo"
SOCKET = re.compile(r"socket:\[(\d{1,20})\]")


def registered_sockets(descriptor: Descriptor) -> Iterator[int]:
    """Inodes of the sockets registered in an io_uring (`UserFiles` lines of its fdinfo), which keeps them open."""
    if not descriptor.fields:
        return
    for file in entries(descriptor.fields, "files") or ():
        found = SOCKET.fullmatch(text(file, "path"))
        if found is not None:
            yield int(found[1])


REGISTERED = Entries(frozenset({"io_uring"}), registered_sockets)
"""Rings by the inode of a socket registered in them."""


def rings(store: Store, socket: Socket) -> tuple[DescriptorKey, ...]:
    """Descriptors of the rings that a socket is registered in."""
    return store.entered(REGISTERED, socket.ino) if socket.ino else ()


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    ino = subject.socket.ino if subject.socket is not None else 0
    if not ino and subject.descriptor is not None and subject.descriptor.kind == "socket":
        ino = subject.descriptor.ino
    found = store.entered(REGISTERED, ino) if ino else ()
    return (Tie(confidence="proven", evidence=EVIDENCE, holders=found, object=store.object_of(found)),) if found else ()


RELATION = Relation("kept_by_io_uring", "Kept by io_uring", _find, index=(REGISTERED,))
