"""Real processes with a known truth, seen through the real command line."""
