"""ThrillDrops on the pages: connected without anything to choose of the connection, and what they say of it then."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from integrations.models import Integration
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from tests.cast import SYSTEM, Cast
from tests.integrations.drops import BRANDS, KIND, connected
from tests.integrations.support import Feeds

pytestmark = pytest.mark.django_db
Browser = Callable[[StaffUser], Client]


def page(client: Client, name: str, *arguments: object) -> str:
    answer = client.get(reverse(name, args=arguments))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.req("IGT-04", "DRP-02", "DRP-03")
@pytest.mark.parametrize("transport", ["http", "redis_stream"])
def test_it_is_submitted_with_its_brands_alone(cast: Cast, browser_of: Browser, transport: str) -> None:
    set_kind_flag(Switch("thrilltech", KIND, is_enabled=True), actor=SYSTEM, now=cast.now)
    client = browser_of(cast.admin)
    form = page(client, "integration_new", KIND, transport)
    assert "Nothing to fill in" in form
    sent = {"name": "Events", "brands": "\n".join(BRANDS), "topic": "", "reason": "Campaigns need them."}
    answer = client.post(reverse("integration_new", args=[KIND, transport]), sent)
    assert answer.status_code == 302, answer.content.decode()
    made = Integration.objects.get()
    assert (made.transport, made.settings["kind"]["brands"], made.settings["connection"]) == (transport, BRANDS, {})
    assert "thrilltech:brand1" in page(client, "integration_copy", made.pk)
    wrong = client.post(reverse("integration_new", args=[KIND, transport]), sent | {"brands": "rival:brand1"})
    assert "There is no brand" in wrong.content.decode()


def test_the_pages_say_that_it_receives(cast: Cast, feeds: Feeds, browser_of: Browser) -> None:
    door = connected(feeds, "http")
    client = browser_of(cast.admin)
    assert "Receives over HTTP" in page(client, "integration", door.pk)
    assert "Receives over HTTP" in page(client, "integrations")
    for name in ("integration_live", "integration_messages", "integration_rounds", "integration_history"):
        page(client, name, door.pk)
    assert "ThrillPotsRaffleWinEvent" in page(client, "kind", KIND)


def test_the_dry_run_shows_what_each_event_would_do(cast: Cast, browser_of: Browser) -> None:
    answer = browser_of(cast.admin).post(
        reverse("integration_dry_run", args=[KIND, "http"]), {"brands": "thrilltech:brand1", "samples": ""}
    )
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Would set" in shown
    assert "UNKNOWN_EVENT" in shown
