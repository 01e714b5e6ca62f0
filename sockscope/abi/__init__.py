"""Names of the kernel's numbers, and text made safe to show. Pure; every room may use it."""
