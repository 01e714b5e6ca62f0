"""The picture of the machine: frames applied, indexes kept, relations answered. Pure Python, no I/O."""
