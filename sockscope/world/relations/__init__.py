"""What connects one descriptor with others: one room for each relation."""
