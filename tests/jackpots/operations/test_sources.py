"""Sources and what stands behind them; currency multipliers."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection

from backoffice.audit.models import AuditEntry
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.operations.contribute import contribute
from jackpots.operations.create_source import create_source
from jackpots.operations.map_source import map_source
from jackpots.operations.set_multipliers import set_multipliers
from jackpots.operations.unmap_source import unmap_source
from jackpots.queries.currencies import currencies
from jackpots.queries.instances import instance_for_source
from jackpots.queries.sources import mapped_instances, sources_of_owner
from tests.cast import SYSTEM, Cast, quiet_draft
from tests.jackpots.operations.answers import accepted, code_of


@pytest.mark.req("SRC-01", "SRC-02", "SRC-13")
def test_an_id_is_taken_once_by_each_owner(cast: Cast) -> None:
    assert cast.house.source_for(source_id="slots").brand_id is None
    assert cast.house.source_for(source_id="slots", brand_id=cast.brand1.pk).brand_id == cast.brand1.pk
    for brand_id in (None, cast.brand1.pk):
        with pytest.raises(Refusal, match="already"):
            cast.house.source_for(source_id="slots", brand_id=brand_id)
    assert cast.rival_house.source_for(source_id="slots").operator_id == "rival"
    with pytest.raises(Refusal, match="INVALID_REQUEST"):
        cast.house.source_for(source_id=" ")
    with pytest.raises(Refusal, match="NOT_FOUND"):
        create_source(
            "x", operator_id="rival", brand_id=None, name="", scope=cast.house.scope, actor=SYSTEM, now=cast.now
        )


@pytest.mark.req("SRC-02", "POT-30")
def test_a_brands_own_source_comes_before_its_operators(cast: Cast) -> None:
    other = cast.house.open(cast.template)
    cast.house.source_for(other, source_id="sitewide-casino", brand_id=cast.brand1.pk)
    answers = contribute([cast.request(), cast.request(brand_id=cast.brand2.pk)], now=cast.now)
    assert [accepted(answer).instance_id for answer in answers] == [other.pk, cast.instance.pk]
    scope = cast.house.scope
    assert mapped_instances(scope, source_id="sitewide-casino", brand_id=cast.brand1.pk) == [other.pk]
    assert mapped_instances(scope, source_id="sitewide-casino", brand_id=cast.brand2.pk) == [cast.instance.pk]
    assert mapped_instances(scope, source_id="nowhere", brand_id=cast.brand2.pk) is None


@pytest.mark.req("POT-30", "SRC-05")
def test_what_is_behind_a_source_can_change_at_any_time(cast: Cast) -> None:
    assert accepted(contribute([cast.request()], now=cast.now)[0]).instance_id == cast.instance.pk
    other = cast.house.open(quiet_draft(name="Other"))
    map_source(cast.source.pk, other.pk, priority=-1, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert accepted(contribute([cast.request()], now=cast.now)[0]).instance_id == other.pk
    map_source(cast.source.pk, other.pk, priority=9, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert accepted(contribute([cast.request()], now=cast.now)[0]).instance_id == cast.instance.pk
    unmap_source(cast.source.pk, cast.instance.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert accepted(contribute([cast.request()], now=cast.now)[0]).instance_id == other.pk
    with pytest.raises(Refusal, match="NOT_FOUND"):
        unmap_source(cast.source.pk, cast.instance.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    actions = AuditEntry.objects.filter(object_type="source", object_id=str(cast.source.pk)).order_by("id")
    assert [entry.action.split(".")[1] for entry in actions] == ["created", "mapped", "mapped", "mapped", "unmapped"]


@pytest.mark.req("GEN-01")
def test_mappings_stay_inside_the_operator(cast: Cast) -> None:
    arguments: dict[str, Any] = {"priority": 0, "actor": SYSTEM, "now": cast.now}
    for source, instance, scope in (
        (cast.source, cast.rival_instance, cast.house.scope),
        (cast.rival_source, cast.instance, cast.house.scope),
        (cast.source, cast.rival_instance, Scope(None)),
        (cast.source, cast.instance, Scope("rival")),
    ):
        with pytest.raises(Refusal, match="NOT_FOUND"):
            map_source(source.pk, instance.pk, scope=scope, **arguments)


@pytest.mark.req("SRC-10", "GEN-02")
def test_the_sources_of_an_owner(cast: Cast) -> None:
    cast.house.source_for(source_id="of-one", brand_id=cast.brand1.pk)
    cast.house.source_for(source_id="of-two", brand_id=cast.brand2.pk)

    def ids(owner_id: str) -> list[str]:
        return [source.source_id for source in sources_of_owner(cast.house.scope, owner_id)]

    assert ids("thrilltech") == ["of-one", "of-two", "sitewide-casino"]
    assert ids("thrilltech:brand1") == ["of-one", "sitewide-casino"]
    for foreign in ("rival", "rival:brand1"):
        with pytest.raises(Refusal, match="NOT_FOUND"):
            ids(foreign)


@pytest.mark.req("SRC-08", "SRC-15", "B-05")
def test_the_jackpot_that_a_source_stands_for(cast: Cast) -> None:
    scope = cast.house.scope
    found: dict[str, Any] = {"source_id": "sitewide-casino", "brand_id": cast.brand1.pk, "now": cast.now}
    assert instance_for_source(scope, **found).pk == cast.instance.pk
    with pytest.raises(Refusal, match="GAME_NOT_FOUND"):
        instance_for_source(scope, **(found | {"source_id": "nowhere"}))
    cast.house.source_for(source_id="empty")
    with pytest.raises(Refusal, match="SOURCE_JACKPOT_NOT_FOUND"):
        instance_for_source(scope, **(found | {"source_id": "empty"}))
    other = cast.house.open(cast.template, allowed_brand_ids=(cast.brand2.pk,))
    cast.house.source_for(other, source_id="others")
    with pytest.raises(Refusal, match="SOURCE_JACKPOTS_NOT_ALLOWED"):
        instance_for_source(scope, **(found | {"source_id": "others"}))


@pytest.mark.req("CUR-01", "CUR-02", "CUR-06")
def test_a_brands_multipliers_come_before_its_operators(cast: Cast) -> None:
    arguments: dict[str, Any] = {
        "operator_id": "thrilltech",
        "scope": cast.house.scope,
        "actor": SYSTEM,
        "now": cast.now,
    }
    set_multipliers({"SEK": Decimal(10)}, brand_id=cast.brand1.pk, **arguments)
    of_brand = currencies(cast.house.scope, operator_id="thrilltech", brand_id=cast.brand1.pk)
    of_other = currencies(cast.house.scope, operator_id="thrilltech", brand_id=cast.brand2.pk)
    assert (of_brand.multipliers["SEK"], of_other.multipliers["SEK"]) == (Decimal(10), Decimal("11.6761"))
    assert (of_brand.base_currency, of_brand.multipliers["EUR"], of_brand.last_updated) == ("EUR", Decimal(1), cast.now)
    requests = [cast.request(currency="SEK"), cast.request(currency="SEK", brand_id=cast.brand2.pk)]
    answers = [accepted(answer).contribution_micros for answer in contribute(requests, now=cast.now)]
    assert answers == [1_000_000, 1_167_610]


@pytest.mark.req("CUR-03")
def test_a_changed_multiplier_holds_from_the_next_contribution_on(cast: Cast) -> None:
    assert code_of(contribute([cast.request(currency="NOK")], now=cast.now)[0]) == "CURRENCY_MULTIPLIERS_NOT_FOUND"
    set_multipliers(
        {"NOK": Decimal("11.5")}, operator_id="thrilltech", brand_id=None, scope=cast.house.scope, actor=SYSTEM,
        now=cast.now,
    )  # fmt: skip
    assert accepted(contribute([cast.request(currency="NOK")], now=cast.now)[0]).contribution_micros == 1_150_000


@pytest.mark.req("CUR-02")
@pytest.mark.parametrize(
    ("currency", "multiplier"),
    [
        ("XXX", "1"),
        ("SEK", "0"),
        ("SEK", "-1"),
        ("SEK", "NaN"),
        ("SEK", "1E+9"),
        ("SEK", "1.00000000001"),
        ("EUR", "2"),
    ],
)
def test_multipliers_that_are_none(cast: Cast, currency: str, multiplier: str) -> None:
    with pytest.raises(Refusal, match="INVALID_REQUEST"):
        set_multipliers(
            {currency: Decimal(multiplier)}, operator_id="thrilltech", brand_id=None, scope=cast.house.scope,
            actor=SYSTEM, now=cast.now,
        )  # fmt: skip


@pytest.mark.req("SRC-02")
def test_a_source_with_contributions_is_kept(cast: Cast) -> None:
    contribute([cast.request()], now=cast.now)
    unmap_source(cast.source.pk, cast.instance.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    with pytest.raises(IntegrityError, match="has contributions"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM jackpots_source WHERE id = %s", [cast.source.pk])
