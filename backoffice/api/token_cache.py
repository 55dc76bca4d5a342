"""Accounts of the tokens seen in the last seconds, forgotten at once when one is revoked (rule B-30)."""

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from backoffice.accounts.models import ServiceAccount
from backoffice.accounts.tokens import REVOCATIONS_CHANNEL, account_of_token, digest_of

log = structlog.get_logger(__name__)

LIFETIME_SECONDS: Final = 5.0
LARGEST: Final = 10_000
LONGEST_PAUSE_SECONDS: Final = 5.0


class TokenCache:
    """Kept for five seconds, by the digest of the token; unknown tokens are never kept. Safe between threads."""

    def __init__(self, lookup: Callable[[str], ServiceAccount | None] = account_of_token) -> None:
        self._lookup = lookup
        self._kept: dict[bytes, tuple[ServiceAccount, float]] = {}
        self._generation = 0
        self._listener: threading.Thread | None = None
        self._starting = threading.Lock()

    def known(self, token: str) -> ServiceAccount | None:
        """The account if it is known at this moment; never asks the database."""
        entry = self._kept.get(digest_of(token))
        if entry is None or entry[1] < time.monotonic():
            return None
        return entry[0]

    def account(self, token: str) -> ServiceAccount | None:
        """The account whose live token this is; asks the database if it is not known."""
        known = self.known(token)
        if known is not None:
            return known
        self._listen()
        generation = self._generation
        account = self._lookup(token)
        # What was read before a revocation is not kept after it.
        if account is not None and generation == self._generation:
            if len(self._kept) >= LARGEST:
                self._kept.clear()
            self._kept[digest_of(token)] = (account, time.monotonic() + LIFETIME_SECONDS)
        return account

    def forget(self) -> None:
        """Know nothing."""
        self._generation += 1
        self._kept.clear()

    def _listen(self) -> None:
        if self._listener is not None and self._listener.is_alive():
            return
        with self._starting:
            if self._listener is None or not self._listener.is_alive():
                self._listener = threading.Thread(target=self._hear_revocations, name="token-revocations", daemon=True)
                self._listener.start()

    def _hear_revocations(self) -> None:
        pause = 0.1
        while True:
            try:
                with Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as subscription:
                    subscription.subscribe(REVOCATIONS_CHANNEL)
                    # Also for the confirmation of the subscription: what came before it was not heard.
                    for _message in subscription.listen():
                        self.forget()
                        pause = 0.1
            except (RedisError, OSError) as error:
                log.warning("revocations_not_heard", error=str(error), retry_seconds=pause)
            self.forget()
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


token_cache: Final = TokenCache()
