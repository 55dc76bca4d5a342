"""Tokens are looked up once in five seconds, and forgotten at once when somebody revokes one."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.conf import settings
from django.test import Client
from redis import Redis

from backoffice.accounts.models import ServiceAccount, ServiceToken
from backoffice.accounts.operations.change_service_account import ServiceAccountChange, change_service_account
from backoffice.accounts.operations.revoke_token import revoke_token
from backoffice.accounts.tokens import REVOCATIONS_CHANNEL
from backoffice.api import token_cache as module
from backoffice.api.token_cache import TokenCache
from tests.cast import SYSTEM, Cast

PATIENCE_SECONDS = 10


class Lookups:
    """Counts what the cache asks for."""

    def __init__(self, answer: ServiceAccount | None) -> None:
        self.answer = answer
        self.count = 0

    def __call__(self, _token: str) -> ServiceAccount | None:
        self.count += 1
        return self.answer


@pytest.fixture
def caches() -> Iterator[list[TokenCache]]:
    made: list[TokenCache] = []
    yield made
    for cache in made:
        cache.close()


def cached(caches: list[TokenCache], lookups: Lookups) -> TokenCache:
    cache = TokenCache(lookups)
    caches.append(cache)
    return cache


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        Event().wait(0.005)


def listening() -> int:
    with Redis.from_url(settings.REDIS_URL) as client:
        return int(client.pubsub_numsub(REVOCATIONS_CHANNEL)[0][1])


@pytest.mark.req("B-30")
def test_a_token_is_looked_up_once_until_it_is_five_seconds_old(
    caches: list[TokenCache], monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups = Lookups(ServiceAccount(username="one"))
    cache = cached(caches, lookups)
    before = listening()
    assert cache.known("t") is None
    cache.account("t")
    wait_for(lambda: listening() > before)
    cache.account("t")
    count = lookups.count
    for _ in range(5):
        assert cache.account("t") is lookups.answer
        assert cache.known("t") is lookups.answer
    assert lookups.count <= count + 1
    later = time.monotonic() + module.LIFETIME_SECONDS + 0.1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert cache.known("t") is None


@pytest.mark.req("B-30")
def test_an_unknown_token_is_never_kept(caches: list[TokenCache]) -> None:
    lookups = Lookups(None)
    cache = cached(caches, lookups)
    assert [cache.account("t") for _ in range(3)] == [None, None, None]
    assert lookups.count == 3


@pytest.mark.req("B-30")
def test_a_message_makes_it_forget(caches: list[TokenCache]) -> None:
    lookups = Lookups(ServiceAccount(username="one"))
    cache = cached(caches, lookups)
    before = listening()
    cache.account("t")
    wait_for(lambda: listening() > before)
    wait_for(lambda: cache.account("t") and cache.known("t"))
    with Redis.from_url(settings.REDIS_URL) as client:
        client.publish(REVOCATIONS_CHANNEL, "token:1")
    wait_for(lambda: cache.known("t") is None)


@pytest.mark.req("B-30")
def test_what_was_read_before_a_revocation_is_not_kept_after_it(caches: list[TokenCache]) -> None:
    account = ServiceAccount(username="one")

    def revoked_meanwhile(_token: str) -> ServiceAccount:
        cache.forget()
        return account

    cache = TokenCache(revoked_meanwhile)
    caches.append(cache)
    assert cache.account("t") is account
    assert cache.known("t") is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-30", "GEN-06")
@pytest.mark.parametrize("how", ["token", "account"])
def test_a_revoked_token_is_worth_nothing_at_once(cast: Cast, how: str) -> None:
    def status() -> int:
        return Client().get("/currencies", headers={"Authorization": f"Bearer {cast.token}"}).status_code

    assert status() == 200
    wait_for(lambda: listening() > 0)
    assert status() == 200
    started = time.monotonic()
    if how == "token":
        token = ServiceToken.objects.get(account=cast.service)
        revoke_token(token.pk, revoked_by=cast.admin, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    else:
        change = ServiceAccountChange(brand_ids=(), is_active=False)
        change_service_account(cast.service.pk, change, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    wait_for(lambda: status() == 401)
    assert time.monotonic() - started < module.LIFETIME_SECONDS / 2, "by the message, not by age"


@pytest.mark.req("B-30")
def test_threads_that_ask_for_the_same_token_ask_once(caches: list[TokenCache]) -> None:
    account, arrived = ServiceAccount(username="one"), Barrier(8)
    lookups = Lookups(account)

    def slowly(token: str) -> ServiceAccount | None:
        Event().wait(0.2)
        return lookups(token)

    cache = TokenCache(slowly)
    cache._listen = lambda: None  # type: ignore[method-assign]
    caches.append(cache)

    def ask(_number: int) -> ServiceAccount | None:
        arrived.wait()
        return cache.account("t")

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [account] * 8
    assert lookups.count == 1
