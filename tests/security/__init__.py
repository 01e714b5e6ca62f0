"""What sockscope may do, and what it refuses to do."""
