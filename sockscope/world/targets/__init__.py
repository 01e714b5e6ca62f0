"""What the user asks to see, as text, to descriptors and processes of the world. No I/O."""
