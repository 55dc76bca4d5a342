"""The map of time: which task runs how often. Tasks are named, not imported."""

from typing import Any

BEAT: dict[str, dict[str, Any]] = {}
