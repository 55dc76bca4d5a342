"""What pages say of a win that fell at the deadline of a window."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from backoffice.core import json
from jackpots.models import PotCycle, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.resolve_deadlines import resolve_deadlines
from jackpots.rules.terms import PotTerms
from tests.cast import EUR, Cast, probability_pot, quiet_draft, value_pot
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db


@pytest.mark.req("POT-21", "G-17")
def test_a_win_at_a_deadline_is_shown_as_one(cast: Cast, browser_of: Callable[[StaffUser], Client]) -> None:
    pot = PotTerms(
        code="hourly", position=0, share_ppm=700_000, seed_share_ppm=0, min_reseed_micros=10 * EUR,
        initial_seed_micros=10 * EUR, is_progressive=True, kind="time", time_rule="stake_weighted",
        period_seconds=3_600,
    )  # fmt: skip
    instance = cast.house.open(quiet_draft(name="Hourly", pots=(pot,)))
    contribute([cast.house.request(instance)], now=cast.now)
    resolve_deadlines(now=cast.now + timedelta(hours=1, seconds=2))
    win = Win.objects.get()
    browser = browser_of(cast.manager)
    cycle = PotCycle.objects.get(pot=win.pot_id, cycle=1)
    for path in (reverse("winner", args=[win.pk]), reverse("draw", args=[cycle.pk])):
        assert b"at the deadline" in browser.get(path).content, path
    verified = browser.get(reverse("draw_verify", args=[cycle.pk]))
    assert verified.status_code == 200
    assert b"differ" not in verified.content
    shown = json.decode(browser.get(f"/api/v1/wins/{win.pk}/").content)
    assert (shown["cause"], shown["community"]) == ("deadline", 0)
    assert b"in the window until" in browser.get(reverse("instance", args=[instance.pk])).content
    assert browser.get(reverse("contribution", args=[win.contribution_id])).status_code == 200
    assert_invariants()


@pytest.mark.req("POT-27")
def test_a_closed_pot_is_shown_as_closed(cast: Cast, browser_of: Callable[[StaffUser], Client]) -> None:
    pots = (
        probability_pot("minor", one_in=1, position=0, share_ppm=400_000, max_drops=1),
        value_pot("major", position=1, share_ppm=300_000),
    )
    instance = cast.house.open(quiet_draft(name="Limited", pots=pots))
    contribute([cast.house.request(instance)], now=cast.now)
    page = browser_of(cast.manager).get(reverse("instance", args=[instance.pk])).content
    assert b'<dd class="num">closed</dd>' in page
    assert_invariants()
