"""Fast Track's casino feed."""
