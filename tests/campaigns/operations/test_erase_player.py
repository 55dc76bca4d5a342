"""Handing over what is known of a player, and erasing it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction

from backoffice.approvals.models import Approval
from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from campaigns.models import ErasedPlayer, PlayerEvent, Profile, Subscription
from campaigns.operations.erase_player import erase_player
from campaigns.operations.export_player import export_player
from campaigns.operations.request_erasure import request_erasure
from campaigns.queries.invariants import player_violations
from campaigns.queries.profiles import profiles, profiles_like
from integrations.models import StalePlayer
from integrations.queries.players import _HELD
from tests.campaigns.support import Manager, player, told

pytestmark = pytest.mark.django_db


def ask(manager: Manager, number: int) -> Approval:
    person = manager.cast.manager
    return request_erasure(
        number, reason="Asked for it in writing.", requested_by=person, scope=manager.cast.house.scope,
        actor=Actor.staff(person), now=manager.cast.now,
    )  # fmt: skip


def erase(manager: Manager, number: int) -> None:
    manager.cast.house.approve(ask(manager, number))


def known_player(manager: Manager) -> Profile:
    attributes = {"email": "ada@example.com", "mobile_number": "+44123", "first_name": "Ada"}
    manager.take(
        told(1, attributes={"email": "old@example.com"}),
        told(2, attributes=attributes, preferences={"email": {"news": True}}, properties={"email": "ada@example.com"}),
        told(3, tags={"gold": True}, is_blocked=True),
    )
    return player()


@pytest.mark.req("R-40")
def test_all_that_is_known_is_handed_over(manager: Manager) -> None:
    known = known_player(manager)
    manager.cast.house.open()
    scope, actor = manager.cast.house.scope, Actor.staff(manager.cast.manager)
    document: dict[str, Any] = json.loads(export_player(known.pk, scope=scope, actor=actor, now=manager.cast.now))
    assert document["player"]["player_id"] == "p1"
    assert document["player"]["attributes"]["email"]["value"] == "ada@example.com"
    assert document["player"]["tags"] == ["gold"]
    assert [event["origin"] for event in document["events"]] == ["command/0/3", "command/0/2", "command/0/1"]
    assert set(document["jackpots"]) == {
        "opt_ins", "opt_in_changes", "contributions", "wins", "credits", "raffle_tickets",
    }  # fmt: skip
    # Whatever holds something of a player by id is handed over.
    held = {model for model in apps.get_app_config("integrations").get_models() if hasattr(model, "player_id")}
    assert {model for model, _, _ in _HELD.values()} == held - {StalePlayer}
    assert set(document["integrations"]) == set(_HELD)
    entry = AuditEntry.objects.get(action="player.exported")
    assert "p1" not in f"{entry.object_name} {entry.after}"
    with pytest.raises(Refusal, match="NOT_FOUND"):
        export_player(known.pk, scope=manager.cast.rival_house.scope, actor=actor, now=manager.cast.now)


@pytest.mark.req("R-40")
def test_an_erased_player_is_a_number_without_a_name(manager: Manager) -> None:
    known = known_player(manager)
    erase(manager, known.pk)
    erased = Profile.objects.get(pk=known.pk)
    left = json.dumps([Profile.objects.values().get(), *PlayerEvent.objects.values()], default=str)
    for secret in ("ada", "Ada", "p1", "+44123", "gold", "old@"):
        assert secret not in left.replace(erased.player_id, "")
    assert PlayerEvent.objects.count() == 3
    assert {(one.subscribed_count, one.unsubscribed_count) for one in Subscription.objects.all()} == {(0, 0)}
    scope = manager.cast.house.scope
    assert list(profiles(scope)) == profiles_like(scope, "erased") == []
    audited = AuditEntry.objects.filter(object_type__in=["player", "approval"])
    assert "ada" not in json.dumps(list(audited.values()), default=str).lower()
    assert list(player_violations()) == []


@pytest.mark.req("R-40")
def test_messages_of_before_do_not_bring_an_erased_player_back(manager: Manager) -> None:
    erase(manager, known_player(manager).pk)
    digests = {bytes(one.digest) for one in ErasedPlayer.objects.all()}
    assert len(digests) == 4, "the id, two e-mails, the number"
    by_mail = {"identifier": "email", "identifier_value": "Old@example.com"}
    again = [told(1, attributes={"email": "ada@example.com"}), told(2, **by_mail)]
    assert manager.take(*again) == ["PLAYER_ERASED", "PLAYER_ERASED"]
    later = round((manager.cast.now + timedelta(hours=1)).timestamp() * 1000)
    assert manager.take(
        told(4), told(happened_at_ms=later, attributes={"igtl_state": "NY"}), told(2, attributes={"igtl_state": "CA"})
    ) == ["PLAYER_ERASED", "APPLIED", "PLAYER_ERASED"]
    assert manager.take(told(3, attributes={"email": "ada@example.com"})) == ["PLAYER_ERASED"]
    assert player().attributes == {"igtl_state": "NY"}
    erase(manager, player().pk)
    assert ErasedPlayer.objects.count() == 4
    assert list(player_violations()) == []


def test_an_erased_player_of_one_brand_is_known_at_another(manager: Manager) -> None:
    erase(manager, known_player(manager).pk)
    assert manager.take(told(1, brand_id="thrilltech:brand2")) == ["APPLIED"]


@pytest.mark.req("R-40")
def test_nobody_erases_alone_or_twice(manager: Manager) -> None:
    known = known_player(manager)
    asked = ask(manager, known.pk)
    with pytest.raises(DatabaseError, match="two people agree"), transaction.atomic():
        erase_player(asked, Actor.system("test"), manager.cast.now)
    manager.cast.house.approve(asked)
    with pytest.raises(Refusal, match="erased"):
        ask(manager, known.pk)
    with pytest.raises(Refusal, match="erased"):
        export_player(known.pk, scope=manager.cast.house.scope, actor=Actor.system("test"), now=manager.cast.now)
    with pytest.raises(Refusal, match="meantime"):
        erase_player(asked, Actor.system("test"), manager.cast.now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Profile.objects.filter(pk=known.pk).update(player_id="p1")


@pytest.mark.parametrize("values", [{"event": "x"}, {"properties": {}}, {"changes": None}, {"origin": "y"}])
def test_what_happened_is_kept_as_it_is(manager: Manager, values: dict[str, Any]) -> None:
    known_player(manager)
    with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
        PlayerEvent.objects.update(**values)
    with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
        PlayerEvent.objects.all().delete()
