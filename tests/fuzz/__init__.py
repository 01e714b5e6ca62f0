"""Any bytes at all, given to every parser of bytes."""
