"""Character device."""

from sockscope.abi.text import clean
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, plain
from sockscope.kinds.words import joined, named_only, number, text
from sockscope.model.descriptor import CleanFields, Fields

_INSTANCE = ("interface", "fuse_connection", "drm-driver", "drm-client-id", "drm-pdev", "vfio-device-syspath")
"""Fields that say which instance of a device an open file is, of what drivers write into fdinfo.

`iff` of tun and tap (drivers/net/tun.c), `fuse_connection` (fs/fuse/dev.c), drm-usage-stats.rst, and
`vfio-device-syspath` (drivers/vfio/vfio_main.c). The counters beside them are another number at each look.
"""


STATELESS = {(1, minor): f"char-device:1:{minor}" for minor in (3, 5, 7, 8, 9)}
"""`/dev/null`, `zero`, `full`, `random`, `urandom` by number, and the object that each is: all who have one open share
nothing and miss nothing (drivers/char/mem.c, drivers/char/random.c), so the device itself is all there is."""


ALWAYS_READY = frozenset({"1:3", "1:5", "1:7"})
"""Numbers of `/dev/null`, `zero` and `full`, which keep no poll(2) waiting (fs/poll.c: they have no `poll`)."""


def instance_of(fields: Fields) -> CleanFields:
    """Keep what tells the instance, which stays while the file is open."""
    return {name: fields[name] for name in _INSTANCE if name in fields}


def instance(fields: Fields) -> str:
    """Name the instance in a few words, "" where the driver does not tell."""
    named = text(fields, "interface")
    connection, client = number(fields, "fuse_connection"), number(fields, "drm-client-id")
    if connection is not None:
        named = f"connection {connection}"
    elif client is not None:
        bus = text(fields, "drm-pdev")
        named = f"client {client} of {text(fields, 'drm-driver')}" + (f" at {bus}" if bus else "")
    elif text(fields, "vfio-device-syspath"):
        named = text(fields, "vfio-device-syspath").rpartition("/")[2]
    return named


def _decode(lines: Lines) -> CleanFields:
    # `iff` is empty before an interface is set. Graphics drivers and others write `drm-…` lines and the like, which
    # keep their names.
    fields = plain([line for line in lines if line[0] != b"iff"])
    interface = dict(lines).get(b"iff")
    return fields if interface is None else fields | {"interface": clean(interface)}


def _phrase(target: str, fields: Fields) -> str:
    return f"{target} {instance(fields)}".rstrip()


def _sentence(target: str, fields: Fields) -> str:
    named = instance(fields)
    if text(fields, "interface"):
        named = f"on network interface {named}"
    device = text(fields, "device")
    return joined(f"The character device {target}", named, device and f"number {device}", named_only(fields))


KIND = Kind(
    "char-device",
    keys=(b"iff",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    tells="name, number, and which instance of it: network interface, FUSE connection, graphics client, vfio device",
    since="as `file`",
    mounted=True,
    connects=False,
    everyday=True,
    short="char-dev",
    shortest="chardev",
)
