"""One file: a descriptor, its duplicate in a child, and a second opening of it in that child."""

import os
import tempfile

import stage

directory = stage.keep(tempfile.TemporaryDirectory())
path = os.path.join(directory.name, "shared")
inherited = os.open(path, os.O_RDWR | os.O_CREAT)


def reopen() -> dict[str, object]:
    return {"inherited": stage.here(inherited), "reopened": stage.here(os.open(path, os.O_RDWR))}


child = stage.child(reopen)
stage.tell(inherited=stage.here(inherited), child=child)
