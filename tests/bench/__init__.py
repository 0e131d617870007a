"""The benchmark: ours, the peers and the limit, side by side on loopback. ``python -m tests.bench``."""
