"""/api/v1/templates: every term of a template goes in and comes out."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backoffice.core import json
from jackpots.models import Template
from jackpots.queries.templates import terms_of
from jackpots.rules.template import errors, validate_template
from tests.cast import Cast

POTS: list[dict[str, Any]] = [
    {"id": "mini", "kind": "value", "share_ppm": 300_000, "initial_seed": 10, "min_reseed": 10, "value_from": 20,
     "value_to": Decimal("40.5"), "segments": [10, 20, 50], "max_drops": 3},
    {"id": "hourly", "kind": "time", "share_ppm": 200_000, "initial_seed": 5, "min_reseed": 5,
     "time_rule": "stake_weighted", "period_seconds": 3_600, "ceiling": 1_000, "allows_external_trigger": True},
]  # fmt: skip
JACKPOT: dict[str, Any] = {
    "name": "Everything",
    "currency": "EUR",
    "contribution_kind": "variable",
    "contribution": Decimal("0.10"),
    "household_ppm": 500_000,
    "limited_share_to": "house",
    "withhold_above": 500,
    "withhold_countries": ["US"],
    "community_unspent_to": "winner",
    "community_includes_winner": True,
    "pots": POTS,
    "amounts": [
        {"currency": "GBP", "default": Decimal("0.10"), "minimum": Decimal("0.10"), "maximum": 1,
         "allowed": [Decimal("0.10"), Decimal("0.20"), 1]},
    ],
    "strategies": [
        {"kind": "active", "share_ppm": 200_000, "count": 10, "hours": 24},
        {"kind": "per_win", "share_ppm": 100_000, "count": 3, "split": "proportional"},
    ],
}  # fmt: skip
RAFFLE: dict[str, Any] = {
    "name": "Raffle",
    "jackpot_type": "Raffle",
    "currency": "EUR",
    "contribution": Decimal("0.10"),
    "household_ppm": 200_000,
    "ticket_price": 2,
    "ticket_metric": "base_wager",
    "duration_count": 1,
    "duration_unit": "days",
    "prizes_per_player": None,
    "rolls_over": False,
    "pots": [{"id": "raffle", "kind": "raffle", "share_ppm": 800_000}],
    "prizes": [
        {"rank": 1, "kind": "share", "share_ppm": 500_000},
        {"rank": 2, "kind": "amount", "amount": 5, "count": 9},
    ],
}


def call(cast: Cast, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    client = Client()
    client.force_login(cast.manager)
    content = json.encode(body) if body is not None else b""
    answer = client.generic(method, f"/api/v1/templates/{path}", content, content_type="application/json")
    return answer.status_code, json.decode(answer.content)


def holds(shown: Any, sent: Any) -> bool:
    """Whether what was sent is in what is shown."""
    if isinstance(sent, dict):
        return all(holds(shown[name], value) for name, value in sent.items())
    if isinstance(sent, list):
        return len(shown) == len(sent) and all(holds(one, other) for one, other in zip(shown, sent, strict=True))
    return bool(shown == sent)


@pytest.mark.req("POT-01", "POT-21", "POT-22", "POT-27", "POT-28", "POT-29", "WIN-09")
@pytest.mark.parametrize("sent", [JACKPOT, RAFFLE], ids=["jackpot", "raffle"])
def test_every_term_goes_in_and_comes_out(cast: Cast, sent: dict[str, Any]) -> None:
    status, made = call(cast, "POST", "", sent)
    assert status == 201, made
    assert holds(made, sent)
    row = Template.objects.get(pk=made["id"])
    assert errors(validate_template(terms_of(row))) == []
    # The next version says the same; another value in a draft takes the place of the old one.
    status, following = call(cast, "POST", f"{made['id']}/versions/")
    assert status == 201
    assert holds(following, sent)
    status, changed = call(cast, "PUT", f"{following['id']}/", sent | {"name": "Changed", "household_ppm": 1})
    assert (status, changed["name"], changed["household_ppm"]) == (200, "Changed", 1)
    assert holds(changed["pots"], sent["pots"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"pots": [POTS[0] | {"segments": [0]}]}, "pots.mini.segments"),
        ({"pots": [POTS[1] | {"period_seconds": 5}]}, "pots.hourly.period_seconds"),
        ({"amounts": [JACKPOT["amounts"][0] | {"minimum": 2}]}, "amounts.GBP.default_micros"),
        ({"strategies": [JACKPOT["strategies"][0] | {"hours": 1_000}]}, "strategies.0.hours"),
        ({"withhold_countries": ["UK"]}, "withhold_countries"),
        ({"limited_share_to": "me"}, "limited_share_to"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_no_row_can_hold_names_its_field(cast: Cast, change: dict[str, Any], field: str) -> None:
    status, refused = call(cast, "POST", "", JACKPOT | change)
    assert (status, refused["field"]) == (400, field), refused
