"""Tell every process that a token or an account is worth nothing any more (rule B-30)."""

import structlog
from django.conf import settings
from django.db import transaction
from redis import Redis
from redis.exceptions import RedisError

from backoffice.accounts.tokens import REVOCATIONS_CHANNEL

log = structlog.get_logger(__name__)


def announce_after_commit(what: str) -> None:
    """Publish once the transaction is committed. Where Redis is down, what is kept in memory ends by its age."""
    transaction.on_commit(lambda: _announce(what))


def _announce(what: str) -> None:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            client.publish(REVOCATIONS_CHANNEL, what)
    except (RedisError, OSError) as error:
        log.warning("revocation_not_announced", what=what, error=str(error))
