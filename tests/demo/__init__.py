"""The example processes: what they are, and that they never stay behind."""
