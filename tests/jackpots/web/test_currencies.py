"""Currencies: whose they are, before and after, and who changed them."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.audit.models import AuditEntry
from jackpots.models import Multiplier
from tests.cast import RATES, Cast
from tests.jackpots.web.conftest import text_of

Visit = Callable[[str], Client]
EDIT = "/office/currencies/edit/"


def sent(**changes: str) -> dict[str, str]:
    """The form as it stands, with some of it changed."""
    return {code: str(value) for code, value in RATES.items()} | changes


@pytest.mark.req("OFF-20")
def test_a_brands_own_come_before_its_operators(cast: Cast, visit: Visit) -> None:
    client = visit("admin")
    url = f"{EDIT}?owner={cast.brand2.pk}"
    answer = client.post(url, sent(GBP="0.9"))
    assert answer["Location"] == f"{reverse('currencies')}?owner={cast.brand2.pk}"
    own = Multiplier.objects.get(brand=cast.brand2)
    assert (own.currency, own.multiplier) == ("GBP", Decimal("0.9"))
    rates = client.get(answer["Location"]).context["rates"]
    assert {rate.currency: (rate.text, rate.origin) for rate in rates if rate.currency in {"EUR", "GBP", "SEK"}} == {
        "EUR": ("1", "base currency"), "GBP": ("0.9", "own"), "SEK": ("11.6761", "of thrilltech"),
    }  # fmt: skip
    assert Multiplier.objects.get(brand=None, currency="GBP", operator=cast.operator).multiplier == RATES["GBP"]
    entry = AuditEntry.objects.filter(action="currencies.changed").latest("id")
    assert (entry.actor_name, entry.after) == (cast.admin.email, {"GBP": "0.9"})


@pytest.mark.req("OFF-20")
def test_only_what_differs_is_stored_and_a_new_currency_may_come(cast: Cast, visit: Visit) -> None:
    client = visit("admin")
    entries = AuditEntry.objects.count()
    assert client.post(EDIT, sent()).status_code == 302
    assert AuditEntry.objects.count() == entries
    client.post(EDIT, sent(USD="1.1", new_currency="nok", new_multiplier="11.5"))
    entry = AuditEntry.objects.latest("id")
    assert (entry.before, entry.after) == ({"USD": "1.0762"}, {"USD": "1.1", "NOK": "11.5"})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"USD": ""}, "USD for 1 EUR: This field is required."),
        ({"USD": "0"}, "A multiplier must be above 0"),
        ({"USD": "1.00000000001"}, "no more than 10 decimal places"),
        ({"new_currency": "ZZZ", "new_multiplier": "2"}, "is no ISO 4217 currency"),
        ({"new_currency": "NOK"}, "How many units of it"),
        ({"new_multiplier": "3"}, "Of which currency?"),
    ],
)
def test_a_wrong_number_is_said_and_nothing_is_lost(
    cast: Cast, visit: Visit, changes: dict[str, str], said: str
) -> None:
    before = list(Multiplier.objects.order_by("pk").values_list("multiplier", flat=True))
    answer = visit("admin").post(EDIT, sent(JPY="160") | changes)
    page = text_of(answer)
    assert answer.status_code == 422
    assert said in page
    assert 'value="160"' in page
    assert list(Multiplier.objects.order_by("pk").values_list("multiplier", flat=True)) == before


def test_the_preview_shows_before_and_after(cast: Cast, visit: Visit) -> None:
    client = visit("admin")
    page = text_of(client.post(reverse("currencies_preview"), sent(USD="1.2")))
    assert "USD" in page
    assert "1.0762" in page
    assert "1.2" in page
    assert "SEK" not in page
    assert "Nothing changes." in text_of(client.post(reverse("currencies_preview"), sent()))
    assert "This field is required." in text_of(client.post(reverse("currencies_preview"), sent(USD="")))
    assert client.get(reverse("currencies_preview")).status_code == 404


def test_another_operators_currencies_are_not_there(cast: Cast, visit: Visit) -> None:
    client = visit("admin")
    for owner in ("rival", cast.rival_brand.pk):
        assert client.get(f"{reverse('currencies')}?owner={owner}").status_code == 404
        assert client.post(f"{EDIT}?owner={owner}", sent(USD="9")).status_code == 404
    assert not Multiplier.objects.filter(multiplier=9).exists()
    assert visit("root").get(f"{reverse('currencies')}?owner=rival").status_code == 200
