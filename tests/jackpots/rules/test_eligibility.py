"""Who may contribute where, and the code that the others get."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backoffice.core.errors import Refusal
from jackpots.rules.countries import ALPHA_2, normalise_country
from jackpots.rules.eligibility import Attempt, Facts, choose, country_allowed, opt_in_refusal, refusal, rule_refusal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DIRECT = Attempt("thrilltech:brand1", "MT")
BY_SOURCE = Attempt("thrilltech:brand1", "MT", "deposit")


def facts(**changes: Any) -> Facts:
    return Facts(**({"instance_id": "inst-1", "state": "Active"} | changes))


def told(refused: Refusal | None) -> tuple[str, int, str]:
    assert refused is not None
    return refused.code, refused.status_code, refused.message.partition(": ")[0]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("UK", "GB"),
        ("USA", "US"),
        ("MT", "MT"),
        (" mt ", "MT"),
        ("GBR", "GB"),
        ("rou", "RO"),
        ("EL", "GR"),
        ("XX", None),
        ("EU", None),
        ("", None),
        ("Malta", None),
    ],
)
@pytest.mark.req("POT-16")
def test_countries_in_every_spelling_of_the_samples(sent: str, code: str | None) -> None:
    assert normalise_country(sent) == code


def test_the_table_of_countries_is_whole() -> None:
    assert len(ALPHA_2) == 249


@pytest.mark.parametrize(
    ("rules", "country", "allowed"),
    [
        ({}, "", True),
        ({"allowed_countries": frozenset({"GB", "MT"})}, "UK", True),
        ({"allowed_countries": frozenset({"GB", "MT"})}, "USA", False),
        ({"allowed_countries": frozenset({"GB"})}, "??", False),
        ({"blocked_countries": frozenset({"US"})}, "USA", False),
        ({"blocked_countries": frozenset({"US"})}, "MT", True),
        ({"blocked_countries": frozenset({"US"})}, "", False),
        ({"allowed_countries": frozenset({"US"}), "blocked_countries": frozenset({"US"})}, "US", False),
    ],
)
@pytest.mark.req("POT-16", "B-18")
def test_countries(rules: dict[str, frozenset[str]], country: str, allowed: bool) -> None:
    assert country_allowed(facts(**rules), country) is allowed


@pytest.mark.parametrize("attempt", [DIRECT, BY_SOURCE])
@pytest.mark.req("B-05", "POT-15")
def test_an_open_jackpot_takes_both_kinds_of_attempt(attempt: Attempt) -> None:
    open_to_these = facts(brands=frozenset({"thrilltech:brand1"}), sources=frozenset({"deposit"}))
    assert refusal(open_to_these, attempt, NOW) is None
    assert refusal(facts(), attempt, NOW) is None


OTHER_BRAND = {"brands": frozenset({"thrilltech:brand2"})}
OTHER_SOURCE = {"sources": frozenset({"sitewide-casino"})}
OTHER_COUNTRY = {"blocked_countries": frozenset({"MT"})}
NOT_THIS_COUNTRY = ("SOURCE_JACKPOTS_NOT_ALLOWED", 403, "the jackpot is not open to players of this country")


@pytest.mark.parametrize(
    ("changes", "attempt", "expected"),
    [
        (OTHER_BRAND, DIRECT, ("UNSUPPORTED_BRAND", 403, "thrilltech:brand1")),
        (OTHER_BRAND, BY_SOURCE, ("SOURCE_JACKPOTS_NOT_ALLOWED", 403, "deposit")),
        (OTHER_SOURCE, BY_SOURCE, ("SOURCE_JACKPOTS_NOT_ALLOWED", 403, "deposit")),
        (OTHER_COUNTRY, DIRECT, NOT_THIS_COUNTRY),
        (OTHER_COUNTRY, BY_SOURCE, NOT_THIS_COUNTRY),
        ({"state": "Pending"}, DIRECT, ("CONTRIBUTION_REJECTED", 409, "state")),
        ({"state": "Paused"}, DIRECT, ("CONTRIBUTION_REJECTED", 409, "state")),
        ({"state": "Terminated"}, BY_SOURCE, ("CONTRIBUTION_REJECTED", 409, "state")),
        ({"state": "Ended"}, DIRECT, ("CONTRIBUTION_REJECTED", 409, "state")),
        ({"ends_at": NOW}, DIRECT, ("CONTRIBUTION_REJECTED", 409, "state")),
        ({"starts_at": NOW + HOUR}, DIRECT, ("CONTRIBUTION_REJECTED", 409, "schedule")),
        (OTHER_BRAND | {"state": "Paused"}, DIRECT, ("UNSUPPORTED_BRAND", 403, "thrilltech:brand1")),
    ],
)
@pytest.mark.req("B-05", "POT-14", "POT-15", "POT-16", "CON-27")
def test_refusals(changes: dict[str, Any], attempt: Attempt, expected: tuple[str, int, str]) -> None:
    assert told(refusal(facts(**changes), attempt, NOW)) == expected


@pytest.mark.req("CON-24")
def test_a_direct_attempt_needs_no_source() -> None:
    assert refusal(facts(**OTHER_SOURCE), DIRECT, NOW) is None


@pytest.mark.req("B-05", "POT-03")
def test_a_pending_jackpot_whose_start_has_passed_is_open() -> None:
    assert refusal(facts(state="Pending", starts_at=NOW), DIRECT, NOW) is None


@pytest.mark.req("B-05", "SRC-05")
def test_the_first_open_jackpot_of_a_source_is_chosen() -> None:
    paused, first, second = facts(instance_id="p", state="Paused"), facts(instance_id="1"), facts(instance_id="2")
    assert choose([paused, first, second], BY_SOURCE, NOW) is first


@pytest.mark.req("B-05", "SRC-05", "SRC-15")
def test_with_none_open_the_refusal_of_the_highest_priority_is_told() -> None:
    refused = choose([facts(state="Paused"), facts(**OTHER_BRAND)], BY_SOURCE, NOW)
    assert isinstance(refused, Refusal)
    assert refused.code == "CONTRIBUTION_REJECTED"
    swapped = choose([facts(**OTHER_BRAND), facts(state="Paused")], BY_SOURCE, NOW)
    assert isinstance(swapped, Refusal)
    assert swapped.code == "SOURCE_JACKPOTS_NOT_ALLOWED"
    empty = choose([], BY_SOURCE, NOW)
    assert isinstance(empty, Refusal)
    assert told(empty) == ("SOURCE_JACKPOT_NOT_FOUND", 404, "deposit")


@pytest.mark.parametrize(
    ("changes", "opted_in", "wager", "rule"),
    [
        ({"opt_in_required": True}, False, 5, "opt_in_required"),
        ({"opt_in_required": True}, True, 5, None),
        ({"minimum_base_wager_micros": 6}, True, 5, "minimum_base_wager"),
        ({"minimum_base_wager_micros": 5}, True, 5, None),
        ({"maximum_base_wager_micros": 4}, True, 5, "maximum_base_wager"),
        ({"maximum_base_wager_micros": 5}, True, 5, None),
        ({}, False, 0, None),
    ],
)
def test_rules_of_the_template(changes: dict[str, Any], opted_in: bool, wager: int, rule: str | None) -> None:
    refused = rule_refusal(facts(**changes), opted_in=opted_in, base_wager_micros=wager)
    if rule is None:
        assert refused is None
    else:
        assert told(refused) == ("CONTRIBUTION_REJECTED", 409, rule)


@pytest.mark.parametrize(
    ("changes", "into", "out_of"),
    [
        ({}, None, None),
        ({"state": "Paused"}, None, None),
        ({"state": "Pending"}, "CONTRIBUTION_REJECTED", None),
        ({"state": "Terminated"}, "CONTRIBUTION_REJECTED", None),
        ({"starts_at": NOW + HOUR}, "CONTRIBUTION_REJECTED", None),
        (OTHER_BRAND, "UNSUPPORTED_BRAND", "UNSUPPORTED_BRAND"),
    ],
)
@pytest.mark.req("POT-03", "POT-06")
def test_opting_in_and_out(changes: dict[str, Any], into: str | None, out_of: str | None) -> None:
    for opting_in, code in ((True, into), (False, out_of)):
        refused = opt_in_refusal(facts(**changes), DIRECT, NOW, opting_in=opting_in)
        assert (refused.code if refused else None) == code
