"""What a process needs before it may be sent requests."""

from django.conf import settings
from django.db import Error, connection
from redis import Redis
from redis.exceptions import RedisError


def readiness() -> dict[str, bool]:
    """By name, whether what the process stands on answers. To be called in a thread: it waits for up to a second."""
    return {"database": _database(), "redis": _redis()}


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except Error:
        return False
    finally:
        connection.close()


def _redis() -> bool:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False
