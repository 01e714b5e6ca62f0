"""What is installed, and what importing it loads."""
