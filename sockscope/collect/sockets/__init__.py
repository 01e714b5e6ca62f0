"""Sockets: how they are asked for, what describes each, and in which network namespace."""
