"""What an instance is held in, where it may be played, and whose it is."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from backoffice.core import json
from backoffice.events.models import OutboxEvent
from jackpots.models import Instance, Line
from jackpots.operations.contribute import contribute
from jackpots.rules.contribution import ContributionResult
from tests.cast import EUR, Cast, quiet_draft, sure_draft
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db


def held(instance: Instance) -> dict[str, int]:
    """What each pot and its reserve hold."""
    lines = Line.objects.filter(account__instance=instance, account__kind__in=("pot", "seed")).order_by()
    return dict(lines.values_list("account__pot__code").annotate(sum=Sum("amount_micros")))


@pytest.mark.req("POT-13", "B-02")
def test_pots_are_held_in_the_currency_of_the_instance(cast: Cast) -> None:
    """Two players of other currencies put what EUR 0.10 is worth in theirs; the pots grow by EUR 0.07 each time."""
    instance = cast.instance
    before = held(instance)
    requests = [cast.request(f"in {currency}", currency=currency) for currency in ("SEK", "GBP")]
    results = contribute(requests, now=cast.now)
    paid = [
        (result.contribution_currency, result.contribution_micros)
        for result in results
        if isinstance(result, ContributionResult)
    ]
    assert paid == [("SEK", 1_167_610), ("GBP", 85_920)]
    after = held(instance)
    grown = {code: after[code] - before[code] for code in after}
    assert (instance.currency, grown) == ("EUR", {"minor": 2 * EUR // 40, "mega": 2 * EUR * 45 // 1000})
    assert set(Line.objects.values_list("account__currency", flat=True)) == {"EUR"}
    assert_invariants()


@pytest.mark.req("POT-17", "I-04")
def test_a_win_event_names_the_games_that_show_the_jackpot(cast: Cast) -> None:
    instance = cast.house.open(sure_draft(), games=("book-of-pots", "lucky-pot"))
    contribute([cast.house.request(instance)], now=cast.now)
    (event,) = OutboxEvent.objects.filter(kind="JackpotWinEvent")
    assert json.decode(bytes(event.payload))["games_in_jackpot"] == ["book-of-pots", "lucky-pot"]
    assert_invariants()


@pytest.mark.req("POT-18", "B-05", "B-12")
def test_a_jackpot_spans_brands_of_one_operator(cast: Cast) -> None:
    """Both brands feed the same pots, each from its own funds; a third brand and the rival's are turned away."""
    instance = cast.house.open(quiet_draft(), allowed_brand_ids=(cast.brand1.pk, cast.brand2.pk))
    before = held(instance)
    requests = [cast.house.request(instance, brand_id=brand.pk) for brand in (cast.brand1, cast.brand2)]
    results = contribute(requests, now=cast.now)
    assert all(isinstance(result, ContributionResult) for result in results)
    after = held(instance)
    assert sum(after.values()) - sum(before.values()) == 2 * Decimal("0.07") * EUR
    funds = Line.objects.filter(
        account__instance=instance, account__kind="house_funding", transfer__kind="contributions"
    )
    by_brand = funds.values_list("account__brand_id").annotate(sum=Sum("amount_micros")).order_by("account__brand_id")
    assert list(by_brand) == [("thrilltech:brand1", -EUR // 10), ("thrilltech:brand2", -EUR // 10)]
    (foreign,) = contribute([cast.house.request(instance, brand_id=cast.rival_brand.pk)], now=cast.now)
    assert getattr(foreign, "code", None) == "UNSUPPORTED_BRAND"
    assert_invariants()
