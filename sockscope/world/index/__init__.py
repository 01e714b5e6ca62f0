"""What exists now, and the indexes over it, kept one change at a time."""
