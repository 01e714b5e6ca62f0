"""Processes: who is there, who has run, who answers."""
