"""Others who have opened the same character device, each for himself: two VPNs on `/dev/net/tun` share nothing."""

from collections.abc import Iterator

from sockscope.model.descriptor import Descriptor
from sockscope.world.index.entries import Entries
from sockscope.world.index.store import Store
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

EVIDENCE = "one device number, open files of their own"
UNCOMPARED = "one device number; whether they share an open file was not compared"
MEMORY = "1:"
"""Major number of `/dev/null`, `/dev/zero`, `/dev/urandom` …, which everybody opens (drivers/char/mem.c)."""


def _number(descriptor: Descriptor) -> Iterator[str]:
    """Yield the device number."""
    device = descriptor.fields.get("device") if descriptor.fields else None
    if isinstance(device, str):
        yield device


DEVICES = Entries(frozenset({"char-device"}), _number)
"""Open character devices by their number."""


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    descriptor = subject.descriptor
    if descriptor is None or descriptor.kind not in DEVICES.kinds:
        return ()
    return tuple(tie for device in _number(descriptor) for tie in _others(store, descriptor, device))


def _others(store: Store, descriptor: Descriptor, device: str) -> Iterator[Tie]:
    """Yield one tie with all who have it open as another file; of what everybody opens only how many they are."""
    together = set(store.holders(descriptor.object))
    others = tuple(key for key in store.entered(DEVICES, device) if key not in together)
    if not others:
        return
    everybodys = device.startswith(MEMORY)
    yield Tie(
        confidence="proven" if descriptor.identified else "unknown",
        evidence=EVIDENCE if descriptor.identified else UNCOMPARED,
        holders=() if everybodys else others,
        facts={"device": device, "opened": len(others)},
    )


RELATION = Relation("same_device", "Same device, opened apart", _find, index=(DEVICES,))
