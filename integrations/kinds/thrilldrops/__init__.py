"""ThrillDrops' input events."""
