"""Accounts of machines: hashed, shown once, limited, revocable at once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import check_password
from redis import Redis

from backoffice.accounts.models import ServiceAccount, ServiceToken
from backoffice.accounts.operations.change_service_account import ServiceAccountChange, change_service_account
from backoffice.accounts.operations.create_service_account import (
    Credentials,
    NewServiceAccount,
    create_service_account,
)
from backoffice.accounts.operations.issue_service_token import issue_service_token
from backoffice.accounts.operations.reset_service_password import reset_service_password
from backoffice.accounts.operations.revoke_token import revoke_token
from backoffice.accounts.operations.use_token import use_token
from backoffice.accounts.queries import service_accounts, tokens_of
from backoffice.accounts.tokens import REVOCATIONS_CHANNEL, account_of_token, digest_of
from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from tests.backoffice.rows import brand

OWN = Scope("thrilltech")


def make(actor: Actor, now: datetime, *brands: str) -> Credentials:
    brand()
    new = NewServiceAccount("event-processor", "thrilltech", brands)
    return create_service_account(new, created_by=None, scope=OWN, actor=actor, now=now)


@pytest.mark.django_db
@pytest.mark.req("GEN-07")
def test_secrets_are_seen_once_and_stored_nowhere(now: datetime, actor: Actor) -> None:
    made = make(actor, now)
    token = issue_service_token(made.account.pk, scope=OWN, actor=actor, now=now)
    assert check_password(made.password, made.account.password)
    stored = ServiceToken.objects.get()
    assert bytes(stored.digest) == digest_of(token)
    entries = " ".join(str((entry.before, entry.after, entry.object_name)) for entry in AuditEntry.objects.all())
    for secret in (made.password, token):
        assert secret not in entries
        assert secret not in made.account.password
    assert token.startswith(stored.prefix)
    assert AuditEntry.objects.count() == 2


@pytest.mark.django_db
def test_a_reset_replaces_the_password_and_leaves_the_tokens(now: datetime, actor: Actor) -> None:
    made = make(actor, now)
    token = issue_service_token(made.account.pk, scope=OWN, actor=actor, now=now)
    fresh = reset_service_password(made.account.pk, scope=OWN, actor=actor, now=now)
    account = ServiceAccount.objects.get()
    assert check_password(fresh.password, account.password)
    assert not check_password(made.password, account.password)
    assert account_of_token(token) == account


@pytest.mark.django_db
@pytest.mark.req("GEN-06")
def test_a_token_lives_until_somebody_ends_it(now: datetime, actor: Actor) -> None:
    made = make(actor, now)
    first, second = (issue_service_token(made.account.pk, scope=OWN, actor=actor, now=now) for _ in range(2))
    with time_machine.travel(now + timedelta(days=36_500)):
        assert account_of_token(first) == made.account
    row = ServiceToken.objects.get(digest=digest_of(first))
    revoke_token(row.pk, revoked_by=None, scope=OWN, actor=actor, now=now)
    assert account_of_token(first) is None
    assert account_of_token(second) == made.account
    with pytest.raises(Refusal, match="revoked already"):
        revoke_token(row.pk, revoked_by=None, scope=OWN, actor=actor, now=now)
    off = ServiceAccountChange((), is_active=False, reason="leaked")
    change_service_account(made.account.pk, off, scope=OWN, actor=actor, now=now)
    assert account_of_token(second) is None
    with pytest.raises(Refusal, match="switched off"):
        issue_service_token(made.account.pk, scope=OWN, actor=actor, now=now)
    change_service_account(made.account.pk, ServiceAccountChange((), is_active=True), scope=OWN, actor=actor, now=now)
    assert account_of_token(second) == made.account
    Operator.objects.update(is_active=False)
    assert account_of_token(second) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-30")
def test_a_revocation_is_told_over_redis_after_its_commit(now: datetime, actor: Actor) -> None:
    made = make(actor, now)
    token = issue_service_token(made.account.pk, scope=OWN, actor=actor, now=now)
    heard: list[bool] = []
    subscribed = threading.Event()

    def listen() -> None:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=30) as client, client.pubsub() as subscription:
            subscription.subscribe(REVOCATIONS_CHANNEL)
            for message in subscription.listen():
                if message["type"] == "subscribe":
                    subscribed.set()
                else:
                    heard.append(bool(message["data"]))
                    return

    thread = threading.Thread(target=listen)
    thread.start()
    assert subscribed.wait(30)
    revoke_token(tokens_of(made.account).get().pk, revoked_by=None, scope=OWN, actor=actor, now=now)
    thread.join(30)
    assert heard == [True]
    assert account_of_token(token) is None


@pytest.mark.django_db
def test_the_last_use_is_noted_once_a_minute(now: datetime, actor: Actor) -> None:
    made = make(actor, now)
    token = issue_service_token(made.account.pk, scope=OWN, actor=actor, now=now)
    noted = []
    for seconds in (0, 30, 59, 61):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            assert use_token(token) == made.account
        noted.append(ServiceToken.objects.get().last_used_at)
    assert noted == [now, now, now, now + timedelta(seconds=61)]
    assert use_token("ptl_unknown") is None
    assert [getattr(row, "live_tokens") for row in service_accounts(OWN)] == [1]  # noqa: B009 - an annotation


Act = Callable[[int, int, datetime, Actor], object]
RIVAL = Scope("rival")
ACTS: dict[str, Act] = {
    "change": lambda account, _token, now, actor: change_service_account(
        account, ServiceAccountChange((), is_active=False), scope=RIVAL, actor=actor, now=now
    ),
    "reset": lambda account, _token, now, actor: reset_service_password(account, scope=RIVAL, actor=actor, now=now),
    "issue": lambda account, _token, now, actor: issue_service_token(account, scope=RIVAL, actor=actor, now=now),
    "revoke": lambda _account, token, now, actor: revoke_token(
        token, revoked_by=None, scope=RIVAL, actor=actor, now=now
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_a_foreign_account_does_not_exist(act: Act, now: datetime, actor: Actor) -> None:
    made = make(actor, now)
    issue_service_token(made.account.pk, scope=OWN, actor=actor, now=now)
    with pytest.raises(Refusal, match="NOT_FOUND"):
        act(made.account.pk, ServiceToken.objects.get().pk, now, actor)


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["", "ab", "a b c", "-abc", "a" * 101, "event-processor"])
def test_a_username_has_a_form_and_is_taken_once(username: str, now: datetime, actor: Actor) -> None:
    make(actor, now)
    new = NewServiceAccount(username, "thrilltech")
    with pytest.raises(Refusal) as refused:
        create_service_account(new, created_by=None, scope=OWN, actor=actor, now=now)
    assert refused.value.field == "username"


@pytest.mark.django_db
def test_an_admin_limited_to_brands_cannot_make_an_unlimited_account(now: datetime, actor: Actor) -> None:
    brand()
    limited = Scope("thrilltech", frozenset({"thrilltech:brand1"}))
    with pytest.raises(Refusal) as refused:
        create_service_account(
            NewServiceAccount("wide", "thrilltech"), created_by=None, scope=limited, actor=actor, now=now
        )
    assert refused.value.field == "brand_ids"


@pytest.mark.django_db
@pytest.mark.req("B-25")
def test_an_admin_limited_to_brands_gets_no_token_that_reaches_further(now: datetime, actor: Actor) -> None:
    brand("thrilltech:brand2")
    made = make(actor, now, "thrilltech:brand1", "thrilltech:brand2")
    limited = Scope("thrilltech", frozenset({"thrilltech:brand1"}))
    for act in (issue_service_token, reset_service_password):
        with pytest.raises(Refusal, match="reaches brands that are not yours"):
            act(made.account.pk, scope=limited, actor=actor, now=now)
    assert not ServiceToken.objects.exists()
