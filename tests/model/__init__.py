"""What exists, typed: addresses and their text."""
