"""Example processes to explore, and a tour of them."""
