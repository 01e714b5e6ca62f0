"""What can be done, under which keys and names."""
