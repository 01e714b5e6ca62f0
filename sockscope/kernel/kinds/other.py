"""What has no kind of its own: anonymous inodes known by name only, and links that say nothing."""

from sockscope.kernel.kinds.family import Family

FAMILIES = (Family("anon"), Family("unknown"))
