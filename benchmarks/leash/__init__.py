"""A hostile and a faithful fake model on the leash: ``python -m benchmarks.leash``."""
