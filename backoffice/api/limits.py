"""How often a stranger may try. Counted in Redis; without Redis nobody may."""

from django.core.cache import cache
from rest_framework.exceptions import Throttled


def consume(key: str, *, limit: int, seconds: int) -> None:
    """Count one more try; Throttled from the one after `limit` on, until `seconds` after the first have passed."""
    if _counted(key, seconds) > limit:
        raise Throttled(wait=seconds)


def check(key: str, *, limit: int, seconds: int) -> None:
    """Throttled where `limit` tries were counted already."""
    if (cache.get(f"limit:{key}") or 0) >= limit:
        raise Throttled(wait=seconds)


def _counted(key: str, seconds: int) -> int:
    name = f"limit:{key}"
    cache.add(name, 0, timeout=seconds)
    try:
        return int(cache.incr(name))
    except ValueError:  # it ended between the two
        return 1
