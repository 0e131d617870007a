"""What exists: plain values and the one reducer. Standard library only; no I/O, no threads."""
