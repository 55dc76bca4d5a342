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
from backoffice.accounts.operations.use_token import use_token
from backoffice.accounts.tokens import REVOCATIONS_CHANNEL, digest_of

log = structlog.get_logger(__name__)

LIFETIME_SECONDS: Final = 5.0
LARGEST: Final = 10_000
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0


class TokenCache:
    """Kept for five seconds, by the digest of the token; unknown tokens are never kept. Safe between threads."""

    def __init__(self, lookup: Callable[[str], ServiceAccount | None] = use_token) -> None:
        self._lookup = lookup
        self._kept: dict[bytes, tuple[ServiceAccount, float]] = {}
        self._generation = 0
        self._listener: threading.Thread | None = None
        self._guard = threading.Lock()
        self._turns: dict[bytes, threading.Lock] = {}
        self._closed = threading.Event()
        self._redis: Redis | None = None

    def known(self, token: str) -> ServiceAccount | None:
        """The account if it is known at this moment; never asks the database."""
        return self._fresh(digest_of(token))

    def account(self, token: str) -> ServiceAccount | None:
        """The account whose live token this is. Threads that ask for the same one ask the database once."""
        digest = digest_of(token)
        known = self._fresh(digest)
        if known is not None:
            return known
        self._listen()
        with self._guard:
            turn = self._turns.setdefault(digest, threading.Lock())
        try:
            with turn:
                return self._fresh(digest) or self._looked_up(token, digest)
        finally:
            with self._guard:
                self._turns.pop(digest, None)

    def _fresh(self, digest: bytes) -> ServiceAccount | None:
        entry = self._kept.get(digest)
        return None if entry is None or entry[1] < time.monotonic() else entry[0]

    def _looked_up(self, token: str, digest: bytes) -> ServiceAccount | None:
        generation = self._generation
        account = self._lookup(token)
        # What was read before a revocation is not kept after it.
        if account is not None and generation == self._generation:
            if len(self._kept) >= LARGEST:
                self._kept.clear()
            self._kept[digest] = (account, time.monotonic() + LIFETIME_SECONDS)
        return account

    def forget(self) -> None:
        """Know nothing."""
        self._generation += 1
        self._kept.clear()

    def _listen(self) -> None:
        if self._listener is not None and self._listener.is_alive():
            return
        with self._guard:
            if self._listener is None or not self._listener.is_alive():
                self._listener = threading.Thread(target=self._hear_revocations, name="token-revocations", daemon=True)
                self._listener.start()

    def close(self) -> None:
        """Hear nothing any more; for processes that outlive their Redis."""
        self._closed.set()
        if self._redis is not None:
            self._redis.connection_pool.disconnect()

    def _hear_revocations(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._closed.is_set():
            try:
                with Redis.from_url(settings.REDIS_URL) as self._redis, self._redis.pubsub() as subscription:
                    subscription.subscribe(REVOCATIONS_CHANNEL)
                    # Also for the confirmation of the subscription: what came before it was not heard.
                    for _message in subscription.listen():
                        self.forget()
                        pause = FIRST_PAUSE_SECONDS
            except (RedisError, OSError, ValueError, AttributeError) as error:
                # The client stumbles over nothing at all where close() takes its connection away.
                if not self._closed.is_set():
                    log.warning("revocations_not_heard", error=str(error), retry_seconds=pause)
            self.forget()
            self._closed.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


token_cache: Final = TokenCache()
