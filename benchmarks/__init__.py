"""Slow measurements; each prints what it measured and writes benchmarks/results/*.json."""
