"""What the explorer's tests share."""

import os

# Textual reads these when it is imported, and each of them changes every picture.
for name in [
    name
    for name in os.environ
    if name == "NO_COLOR" or (name.startswith("TEXTUAL_") and name != "TEXTUAL_SNAPSHOT_TEMPDIR")
]:
    del os.environ[name]
