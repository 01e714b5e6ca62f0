"""The programs that measure, on loads too small to say anything."""
