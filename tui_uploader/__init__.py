"""Upload a server's files to CloudBase cloud storage from a terminal."""

__version__ = "0.1.0"
