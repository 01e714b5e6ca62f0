"""The explorer through Textual's Pilot."""
