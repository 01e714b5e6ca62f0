"""Files opened in ways whose flags are easily taken for others: without a name, and without following a link."""

import os
import tempfile

import stage

directory = stage.keep(tempfile.TemporaryDirectory())
path = os.path.join(directory.name, "named")
nameless = os.open(directory.name, os.O_RDWR | os.O_TMPFILE, 0o600)
unfollowed = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_APPEND)
itself = os.open(directory.name, os.O_RDONLY | os.O_DIRECTORY)
stage.tell(nameless=stage.here(nameless), unfollowed=stage.here(unfollowed), directory=stage.here(itself))
