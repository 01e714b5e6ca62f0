"""sockscope: who holds this socket, and who is at the other end?"""

__version__ = "0.1.0"
