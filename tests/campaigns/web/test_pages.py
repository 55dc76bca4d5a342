"""The pages of players and of the data manager, through a browser's requests."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from backoffice.audit.models import AuditEntry
from backoffice.web.words import BLANK
from campaigns.models import EventDefinition, Profile
from campaigns.web.players import PAGE
from campaigns.web.shown import value_text
from tests.campaigns.support import Manager, player, told
from tests.cast import Cast

pytestmark = pytest.mark.django_db
Browser = Callable[[StaffUser], Client]
AT_MOST = 12
TABS = ("player", "player_channels", "player_timeline", "player_history")
LISTS = ("players", "data_events", "data_attributes", "data_channels", "data_ignored")


def page(client: Client, name: str, *args: Any, query: str = "", part: bool = False) -> str:
    headers = {"HX-Request": "true"} if part else {}
    response = client.get(reverse(name, args=args) + query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def known(manager: Manager) -> None:
    """A player of whom something is known, by three messages."""
    manager.take(
        told(1, attributes={"email": "ada@example.com", "igtl_state": "NY", "igtl_balance": Decimal("10.50")}),
        told(2, attributes={"igtl_state": "CA", "is_vip": True}, tags={"gold": True}, properties={"state": "CA"}),
        told(3, preferences={"sms": {"offers": True, "draws": False}}, channels={"email": False}),
    )


@pytest.mark.req("B-24")
def test_players_are_found_while_one_types(manager: Manager, cast: Cast, browser_of: Browser) -> None:
    known(manager)
    manager.take(told(1, "somebody", brand_id="thrilltech:brand2"))
    client = browser_of(cast.manager)
    whole = page(client, "players")
    assert "<!doctype html>" in whole
    assert "somebody" in whole
    rows = page(client, "players", query="?q=ADA@", part=True)
    assert "<!doctype html>" not in rows
    assert "ada@example.com" in rows
    assert "somebody" not in rows
    assert "somebody" not in page(client, "players", query="?brand=thrilltech:brand1")
    assert "Nobody begins so" in page(client, "players", query="?q=nobody", part=True)


def test_a_page_follows_the_one_before(manager: Manager, cast: Cast, browser_of: Browser) -> None:
    manager.take(*(told(1, f"p{number:03d}") for number in range(PAGE + 2)))
    client = browser_of(cast.manager)
    first = page(client, "players")
    assert f"p{PAGE - 1:03d}" in first
    assert f"p{PAGE:03d}" not in first
    second = page(client, "players", query=f"?of=thrilltech:brand1&after=p{PAGE - 1:03d}")
    assert second.count('data-href="') == 2
    assert 'rel="next"' not in second
    assert "That was the last" in page(client, "players", query="?of=thrilltech:brand1&after=p999")


@pytest.mark.req("GEN-02", "B-25")
def test_an_analyst_sees_that_there_are_players_and_not_who(manager: Manager, cast: Cast, browser_of: Browser) -> None:
    manager.take(told(1, "player_00001", attributes={"email": "ada@example.com", "first_name": "Ada"}))
    client = browser_of(cast.analyst)
    shown = page(client, "players", query="?q=player")
    assert "pl•••01" in shown
    for hidden in ("player_00001", "ada@example.com", "Ada<", 'type="search" name="q" value="player"'):
        assert hidden not in shown
    for name in TABS:
        assert client.get(reverse(name, args=[player("player_00001").pk])).status_code == 403


@pytest.mark.req("IGT-18", "IGT-43", "IGT-49")
def test_the_tabs_of_a_player(manager: Manager, cast: Cast, browser_of: Browser) -> None:
    known(manager)
    client, key = browser_of(cast.approver), player().pk
    overview = page(client, "player", key)
    for text in ("ada@example.com", "10.5", "command/0/2", "igtl_player_update", "boolean", "gold"):
        assert text in overview
    channels = page(client, "player_channels", key)
    assert "Unsubscribed" in channels
    assert "offers" in channels
    timeline = page(client, "player_timeline", key)
    assert timeline.index("command/0/3") < timeline.index("command/0/1")
    assert "&quot;state&quot;: &quot;CA&quot;" in timeline
    history = page(client, "player_history", key)
    assert '<td class="wrap before">NY</td><td class="wrap after">CA' in history
    assert "by the preference offers" in history
    assert "older event" in page(client, "player_timeline", key, query="?before=1.5&than=1")
    assert "command/0/3" in page(client, "player_timeline", key, query="?before=x")


@pytest.mark.req("IGT-22", "GIG-09", "GIG-12", "IGT-46")
def test_the_data_manager_lists_what_is_defined_and_what_was_ignored(
    manager: Manager, cast: Cast, browser_of: Browser
) -> None:
    known(manager)
    manager.take(told(4, attributes={"odd_name": "x"}))
    client = browser_of(cast.analyst)
    events = page(client, "data_events")
    assert "igtl_player_update" in events
    assert "PDP" in events
    assert "gig_bonus" not in events
    assert "igtl_last_login_date" in page(client, "data_attributes", query="?type=datetime")
    assert "the channel as a whole" in page(client, "data_channels")
    ignored = page(client, "data_ignored")
    assert "odd_name" in ignored
    assert "ask your platform administrator" in ignored


@pytest.mark.req("GIG-26")
def test_segments_may_use_an_event_or_not(manager: Manager, cast: Cast, browser_of: Browser) -> None:
    event = EventDefinition.objects.get(name="igtl_player_update", topic="PDP")
    address = reverse("data_event_segmentation", args=[event.pk])
    client = browser_of(cast.admin)
    assert "Keep igtl_player_update (PDP) out of segments?" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 302
    event.refresh_from_db()
    assert not event.is_segmentable
    assert AuditEntry.objects.filter(action="event.segmentable_changed", actor_name=cast.admin.email).exists()
    assert browser_of(cast.manager).get(address).status_code == 403
    assert browser_of(cast.rival_manager).get(address).status_code in {403, 404}


def test_a_player_is_exported_and_erased_by_two(manager: Manager, cast: Cast, browser_of: Browser) -> None:
    known(manager)
    client, key = browser_of(cast.manager), player().pk
    answer = client.get(reverse("player_export", args=[key]))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="player-{key}.json"'
    assert answer.json()["player"]["attributes"]["igtl_state"]["value"] == "CA"
    assert AuditEntry.objects.filter(action="player.exported", actor_name=cast.manager.email).count() == 1
    address = reverse("player_erase", args=[key])
    assert "3 events stay in the timeline as empty lines" in client.get(address).content.decode()
    assert client.post(address, {"reason": "They ask for it.", "name": "somebody"}).status_code == 422
    asked = client.post(address, {"reason": "They ask for it.", "name": "p1"})
    assert asked.status_code == 302
    second = browser_of(cast.approver)
    assert "Erase player" in second.get(asked.headers["Location"]).content.decode()
    second.post(asked.headers["Location"], {"act": "approve", "reason": "Rightly."})
    assert player_is_erased(key)
    shown = page(client, "player", key)
    assert "ada@example.com" not in shown
    assert "What was known of this player is gone" in shown
    assert client.get(address).status_code == 404
    assert client.get(reverse("player_export", args=[key])).status_code == 404
    assert "p1" not in page(client, "players")
    assert browser_of(cast.approver).get(address).status_code == 403


def player_is_erased(key: int) -> bool:
    return Profile.objects.filter(pk=key, erased_at__isnull=False).exists()


def test_no_page_takes_more_than_twelve_queries_nor_more_for_more_rows(
    manager: Manager, cast: Cast, browser_of: Browser
) -> None:
    known(manager)
    manager.take(told(4, attributes={"odd": "x"}))
    client = browser_of(cast.admin)
    addresses = [*(reverse(name) for name in LISTS), *(reverse(name, args=[player().pk]) for name in TABS)]

    def queries() -> dict[str, int]:
        counted = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counted[address] = len(captured)
        return counted

    queries()
    few = queries()
    assert {address: count for address, count in few.items() if count > AT_MOST} == {}
    for number in range(5, 12):
        manager.take(told(number, attributes={"igtl_state": f"S{number}", f"odd{number}": "x"}))
        manager.take(told(number, f"other{number}"))
    assert queries() == few


@pytest.mark.parametrize(
    ("value", "type_", "shown"),
    [
        (None, "", BLANK), (True, "boolean", "yes"), (Decimal("1E+3"), "number", "1000"), ("", "string", "(empty)"),
        ("2023-10-08T01:17:14.000Z", "datetime", "2023-10-08 01:17:14 UTC"), ("soon", "datetime", "soon"),
    ],
)  # fmt: skip
def test_values_are_shown_as_people_read_them(value: Any, type_: str, shown: str) -> None:
    assert value_text(value, type_) == shown
