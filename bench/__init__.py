"""Benchmarks: each figure beside a yardstick measured in the same run, as a ratio."""
