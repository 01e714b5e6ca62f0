"""The tree as a list of rows: how each stands, and where the cursor is. No screen here."""
