"""What the side pane says, as sections of lines. No screen here."""
