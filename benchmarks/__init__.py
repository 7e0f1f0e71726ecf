"""How fast and how large the viewer is, as ratios within one run: python -m benchmarks [CASE …]."""
