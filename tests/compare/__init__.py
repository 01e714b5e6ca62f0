"""Two looks, and what is another."""
