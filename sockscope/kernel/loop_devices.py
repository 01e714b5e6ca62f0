"""Loop devices and the files behind them: `/sys/block/loopN/loop/backing_file` (drivers/block/loop.c)."""

import os

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import clean_str

DELETED = b" (deleted)"


def parse_backing_file(data: Raw) -> Raw:
    """Return the path of the file behind a loop device, b"" where its name is gone."""
    path = data.removesuffix(b"\n")
    return Raw() if path.endswith(DELETED) else path


def read_loop_devices(sys: str = "/sys") -> dict[Clean, Raw]:
    """Return the path of the file behind each loop device that has one, by the name of the device.

    The path is as it was where the device was set up, and may mean another file here.
    """
    found: dict[Clean, Raw] = {}
    for name in _names(f"{sys}/block"):
        try:
            with open(f"{sys}/block/{name}/loop/backing_file", "rb") as file:
                path = parse_backing_file(Raw(file.read(1 << 16)))
        except OSError:
            continue  # nothing is attached to it
        if path:
            found[clean_str(name)] = path
    return found


def _names(directory: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(directory) if name.startswith("loop"))
    except OSError:
        return []  # no sysfs here, as in some containers
