"""What is shown over the explorer for a while: help, terminals, blind spots."""
