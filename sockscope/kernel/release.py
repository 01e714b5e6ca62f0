"""Which Linux this is, for what no call can be asked about."""

import os
import re


def at_least(major: int, minor: int) -> bool:
    """Tell whether this kernel is of a release or a later one (`uname -r`); False when it does not say."""
    release = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return release is not None and (int(release[1]), int(release[2])) >= (major, minor)
