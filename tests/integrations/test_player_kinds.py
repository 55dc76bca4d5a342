"""Kinds that tell of players: features they need, credentials of their own, what goes to whoever keeps players."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backoffice import subscriptions
from backoffice.audit.models import AuditEntry
from backoffice.core.errors import Refusal
from backoffice.core.fields import unseal_json
from integrations.kinds.registry import kind_of
from integrations.models import Integration, KindFlag
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.operations.settle_messages import Feed
from integrations.operations.take_player_messages import MESSAGES, take_player_messages
from integrations.wire.decoded import Decoded
from integrations.wire.players import MessageSource, PlayerMessage, PlayerResult
from tests.cast import SYSTEM, Cast
from tests.contracts.igtl.kit import decode, event
from tests.integrations.support import Feeds

pytestmark = pytest.mark.django_db
FEATURE = "subscription_preferences"
SECRET = "a-secret-of-the-lottery"
IGTL: dict[str, Any] = {
    "kind": "igtl",
    "transport": "kafka",
    "settings": {"brand_id": "thrilltech:brand1"},
    "connection": {"brokers": "kafka.example.com:9093"},
    "credentials": {"username": "potluck", "password": SECRET},
}
COMMAND = {"command_username": "command", "command_password": f"{SECRET}-2"}
GIG: dict[str, Any] = IGTL | {"kind": "gig", "settings": {"brand_id": "thrilltech:brand1", "tenant_id": "tenant-7"}}
ON = {"brand_id": "thrilltech:brand1", "is_command_connected": True}


def switch(cast: Cast, *slugs: str, is_enabled: bool = True) -> None:
    for slug in slugs:
        set_kind_flag(Switch("thrilltech", slug, is_enabled=is_enabled), actor=SYSTEM, now=cast.now)


@pytest.mark.req("IGT-01", "IGT-06")
def test_igt_lottery_needs_its_flag_and_the_feature(feeds: Feeds, cast: Cast) -> None:
    with pytest.raises(Refusal, match="IGT Lottery is not enabled for this operator"):
        feeds.submit(**IGTL)
    switch(cast, "igtl")
    with pytest.raises(Refusal, match="IGT Lottery needs Subscription preferences, which is not enabled") as refused:
        feeds.submit(**IGTL)
    assert (refused.value.code, refused.value.field) == ("FORBIDDEN", "kind")
    switch(cast, FEATURE)
    assert feeds.submit(**IGTL).state == "awaiting_approval"
    switch(cast, FEATURE, is_enabled=False)
    with pytest.raises(Refusal, match="Subscription preferences"):
        feeds.submit(**IGTL)


@pytest.mark.req("IGT-06")
@pytest.mark.parametrize("slug", ["igtl", FEATURE])
def test_nothing_is_approved_that_was_switched_off_meanwhile(feeds: Feeds, cast: Cast, slug: str) -> None:
    switch(cast, "igtl", FEATURE)
    made = feeds.submit(**IGTL)
    switch(cast, slug, is_enabled=False)
    with pytest.raises(Refusal, match="not enabled for the operator any more"):
        feeds.decide(made)


@pytest.mark.req("GIG-01", "GIG-07")
def test_gig_needs_its_flag_alone(feeds: Feeds, cast: Cast) -> None:
    with pytest.raises(Refusal, match="not enabled"):
        feeds.submit(**GIG)
    switch(cast, "gig")
    assert feeds.submit(**GIG).state == "awaiting_approval"


@pytest.mark.req("IGT-06")
def test_platform_admins_switch_features_where_they_switch_kinds(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.root)
    assert "Subscription preferences" in client.get(reverse("kinds")).content.decode()
    sent = {"operator_id": "thrilltech", "kind": FEATURE, "act": "enable"}
    answer = client.post(reverse("kinds"), sent, follow=True).content.decode()
    assert "can now use Subscription preferences" in answer
    assert KindFlag.objects.get(kind=FEATURE).is_enabled
    assert AuditEntry.objects.filter(action="kind.enabled", object_id=FEATURE).count() == 1
    assert "can no longer use" in client.post(reverse("kinds"), sent | {"act": "disable"}, follow=True).content.decode()


@pytest.mark.req("IGT-07", "IGT-15", "IGT-19", "GIG-05")
@pytest.mark.parametrize("asked", [IGTL, GIG], ids=["igtl", "gig"])
@pytest.mark.parametrize("gone", ["username", "password"])
def test_the_cluster_s_credentials_are_required(feeds: Feeds, cast: Cast, asked: dict[str, Any], gone: str) -> None:
    switch(cast, "igtl", "gig", FEATURE)
    with pytest.raises(Refusal) as refused:
        feeds.submit(**asked | {"credentials": asked["credentials"] | {gone: " "}})
    assert (refused.value.code, refused.value.field) == ("INVALID_REQUEST", gone)
    assert not Integration.objects.exists()


@pytest.mark.req("IGT-20")
@pytest.mark.parametrize("gone", COMMAND)
def test_command_needs_credentials_of_its_own(feeds: Feeds, cast: Cast, gone: str) -> None:
    switch(cast, "igtl", FEATURE)
    given = IGTL["credentials"] | {name: value for name, value in COMMAND.items() if name != gone}
    with pytest.raises(Refusal, match="for the partner's broker") as refused:
        feeds.submit(**IGTL | {"settings": ON, "credentials": given})
    assert (refused.value.code, refused.value.field) == ("INVALID_REQUEST", gone)


@pytest.mark.req("IGT-20")
def test_command_s_credentials_are_sealed_and_never_in_settings(feeds: Feeds, cast: Cast) -> None:
    switch(cast, "igtl", FEATURE)
    made = feeds.submit(**IGTL | {"settings": ON, "credentials": IGTL["credentials"] | COMMAND})
    assert made.sealed_credentials is not None
    assert unseal_json(bytes(made.sealed_credentials)) == IGTL["credentials"] | COMMAND
    assert SECRET.encode() not in bytes(made.sealed_credentials)
    told = [made.settings, *AuditEntry.objects.values_list("after", flat=True)]
    assert made.approval is not None
    assert not any(secret in str([*told, made.approval.after]) for secret in (SECRET, "command_username"))
    topics = kind_of("igtl").topics(made.settings["kind"])
    assert [(topic.stream, topic.credentials) for topic in topics] == [
        ("eDraw", "main"), ("Second Chance", "main"), ("Command", "command"), ("PDP", "command"),
    ]  # fmt: skip


@pytest.mark.req("IGT-19", "IGT-20")
def test_what_is_not_ticked_takes_no_credentials(feeds: Feeds, cast: Cast) -> None:
    switch(cast, "igtl", FEATURE)
    with pytest.raises(Refusal) as refused:
        feeds.submit(**IGTL | {"credentials": IGTL["credentials"] | COMMAND})
    assert refused.value.field == "credentials.command_username"


@pytest.mark.req("IGT-20")
def test_a_replay_of_command_needs_none(feeds: Feeds, cast: Cast) -> None:
    switch(cast, "igtl", FEATURE)
    assert feeds.submit(kind="igtl", settings=ON).sealed_credentials is None


@pytest.mark.req("IGT-04", "IGT-05", "GIG-07", "GIG-08")
def test_they_are_approved_by_a_second_person(feeds: Feeds, cast: Cast) -> None:
    switch(cast, "igtl", "gig", FEATURE)
    for asked in (IGTL, GIG):
        made = feeds.submit(**asked)
        with pytest.raises(Refusal):
            feeds.decide(made, by=cast.admin)


@pytest.mark.req("I-38")
@pytest.mark.parametrize("is_respected", [True, False])
def test_the_handler_learns_whether_opt_outs_are_respected(
    feeds: Feeds, cast: Cast, monkeypatch: pytest.MonkeyPatch, is_respected: bool
) -> None:
    taken: list[tuple[Sequence[PlayerMessage], MessageSource]] = []

    def take(messages: Sequence[PlayerMessage], source: MessageSource, _now: datetime) -> list[PlayerResult]:
        taken.append((messages, source))
        return [PlayerResult("APPLIED") for _ in messages]

    monkeypatch.setattr("tests.integrations.test_player_kinds.handler", take)
    monkeypatch.setitem(subscriptions.FEED_MESSAGES, MESSAGES, "tests.integrations.test_player_kinds.handler")
    switch(cast, "igtl", FEATURE)
    made = feeds.submit(kind="igtl", settings=ON | {"respect_hard_optout": is_respected})
    reading = decode(event())
    assert isinstance(reading, Decoded)
    feed = Feed("thrilltech", made.pk, "igtl", cast.now)
    outcomes = take_player_messages(feed, [reading])
    assert [(outcome.bucket, outcome.code) for outcome in outcomes] == [("used", "APPLIED")]
    messages, source = taken[0]
    assert [message.event for message in messages] == ["igtl_player_login"]
    assert (source.kind, source.integration_id, source.is_optout_respected) == ("igtl", made.pk, is_respected)


def handler(_messages: Sequence[PlayerMessage], _source: MessageSource, _now: datetime) -> list[PlayerResult]:
    """Replaced by the test."""
    raise AssertionError
