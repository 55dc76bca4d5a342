"""A source, a brand or everything suspended: the next batch is refused, whoever may, and once only."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from backoffice.audit.models import AuditEntry
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, Source, Suspension
from jackpots.operations.contribute import contribute
from jackpots.operations.lift_suspension import lift_suspension
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.operations.suspend import suspend
from jackpots.queries.suspensions import Suspended, holding, reach
from jackpots.rules.contribution import ContributionResult
from tests.cast import SYSTEM, Cast, quiet_draft
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db


def suspended(cast: Cast, what: Suspended, scope: Scope | None = None, reason: str = "Odd figures") -> Suspension:
    return suspend(what, reason=reason, scope=scope or cast.house.scope, actor=SYSTEM, now=cast.now)


def answers(cast: Cast, *targets: Source | Instance, **values: Any) -> list[str]:
    """`taken`, or the refusal's code and first word."""
    found = contribute([cast.house.request(target, **values) for target in targets], now=cast.now)
    return [
        "taken" if isinstance(answer, ContributionResult) else f"{answer.code} {answer.message.split(':')[0]}"
        for answer in found
    ]


REFUSED = "CONTRIBUTION_REJECTED suspended"


@pytest.mark.req("CON-22", "SRC-13")
def test_a_source_a_brand_and_everything(cast: Cast) -> None:
    instance = cast.instance
    one, two = cast.house.source_for(instance), cast.house.source_for(instance)
    operator = cast.operator.pk
    assert answers(cast, one, two, instance) == ["taken"] * 3
    by_source = suspended(cast, Suspended(operator, None, one.pk))
    assert answers(cast, one, two, instance) == [REFUSED, "taken", "taken"]
    by_brand = suspended(cast, Suspended(operator, cast.brand1.pk))
    assert answers(cast, two, instance) == [REFUSED, REFUSED]
    assert answers(cast, two, instance, brand_id=cast.brand2.pk) == ["taken", "taken"]
    everything = suspended(cast, Suspended(operator))
    assert answers(cast, two, instance, brand_id=cast.brand2.pk) == [REFUSED, REFUSED]
    assert isinstance(contribute([cast.rival_house.request(cast.rival_source)], now=cast.now)[0], ContributionResult)
    for row in (everything, by_brand, by_source):
        lift_suspension(row.pk, reason="Found", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert answers(cast, one, two, instance) == ["taken"] * 3
    assert AuditEntry.objects.filter(action="suspension.started").count() == 3
    assert AuditEntry.objects.filter(action="suspension.lifted").count() == 3
    assert_invariants()


@pytest.mark.req("OPT-07", "I-15")
def test_players_can_always_leave(cast: Cast) -> None:
    suspended(cast, Suspended(cast.operator.pk))
    instance = cast.house.open(quiet_draft(name="Opted", opt_in_required=True))
    for wanted in (True, False):
        request = OptInRequest(
            operator_id=cast.operator.pk, brand_id=cast.brand1.pk, instance_id=instance.pk, player_id="p",
            player_country="MT", opt_in=wanted,
        )  # fmt: skip
        opt_in(request, now=cast.now)


@pytest.mark.req("B-25", "GEN-02")
def test_who_may_not_and_what_is_not_there(cast: Cast) -> None:
    limited = Scope(cast.operator.pk, frozenset((cast.brand1.pk,)))
    for what in (Suspended(cast.operator.pk), Suspended(cast.operator.pk, None, cast.source.pk)):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            suspended(cast, what, limited)
    with pytest.raises(Refusal, match="no such brand"):
        suspended(cast, Suspended(cast.operator.pk, cast.brand2.pk), limited)
    with pytest.raises(Refusal, match="no such"):
        suspended(cast, Suspended(cast.operator.pk, None, cast.rival_source.pk))
    with pytest.raises(Refusal, match="no such operator"):
        suspended(cast, Suspended(cast.rival.pk))
    with pytest.raises(Refusal, match="Say why"):
        suspended(cast, Suspended(cast.operator.pk), reason=" ")
    made = suspended(cast, Suspended(cast.operator.pk, cast.brand1.pk), limited)
    with pytest.raises(Refusal, match="suspended already"):
        suspended(cast, Suspended(cast.operator.pk, cast.brand1.pk))
    with pytest.raises(Refusal, match="no such suspension"):
        lift_suspension(made.pk, reason="", scope=cast.rival_house.scope, actor=SYSTEM, now=cast.now)
    lift_suspension(made.pk, reason="", scope=limited, actor=SYSTEM, now=cast.now)
    with pytest.raises(Refusal, match="not suspended any more"):
        lift_suspension(made.pk, reason="", scope=limited, actor=SYSTEM, now=cast.now)
    assert not holding(cast.house.scope).exists()


@pytest.mark.req("GEN-02")
def test_the_database_keeps_what_was_suspended(cast: Cast) -> None:
    made = suspended(cast, Suspended(cast.operator.pk))
    rows = Suspension.objects.filter(pk=made.pk)
    for act in (lambda: rows.update(reason="Other"), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    with pytest.raises(IntegrityError, match="suspension_one_of_a_scope"), transaction.atomic():
        Suspension.objects.create(
            operator_id=cast.operator.pk, reason="Twice", started_at=cast.now, started_by="somebody"
        )


@pytest.mark.req("OFF-12")
def test_whom_it_would_meet(cast: Cast) -> None:
    source, operator = cast.source, cast.operator.pk
    contribute([cast.house.request(source, f"p{number}") for number in range(3)], now=cast.now)
    contribute([cast.house.request(cast.instance, "p9", brand_id=cast.brand2.pk)], now=cast.now)
    times: Any = {"today": cast.now - timedelta(hours=5), "now": cast.now}
    everything = reach(Suspended(operator), **times)
    assert (everything.players_today, everything.contributions_last_hour) == (4, 4)
    assert everything.instances == [cast.instance.name]
    assert reach(Suspended(operator, cast.brand2.pk), **times)[2:4] == (1, 1)
    assert reach(Suspended(operator, None, source.pk), **times)[1:4] == (1, 3, 3)
    later: Any = {"today": cast.now - timedelta(hours=5), "now": cast.now + timedelta(hours=2)}
    assert reach(Suspended(operator), **later)[2:4] == (4, 0)
