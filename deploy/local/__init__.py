"""The local launcher and its servers. Plain Python: nothing here imports Django."""
