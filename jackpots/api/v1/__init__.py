"""Resources of /api/v1/: the same queries and operations as the pages."""
