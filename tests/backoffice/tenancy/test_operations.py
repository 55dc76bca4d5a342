"""Operators and brands come in, are renamed, and are switched off; each act is in the audit log."""

from collections.abc import Callable
from datetime import datetime

import pytest

from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand, Operator
from backoffice.tenancy.operations.change_brand import BrandChange, change_brand
from backoffice.tenancy.operations.change_operator import OperatorChange, change_operator
from backoffice.tenancy.operations.create_brand import create_brand
from backoffice.tenancy.operations.create_operator import NewOperator, create_operator
from backoffice.tenancy.queries import brands, operators
from backoffice.tenancy.scope import Scope
from tests.backoffice.rows import brand

pytestmark = pytest.mark.django_db
PLATFORM = Scope(None)
OWN = Scope("thrilltech")


@pytest.mark.req("GEN-01")
def test_the_platform_takes_in_an_operator_which_makes_its_brands(now: datetime, actor: Actor) -> None:
    create_operator(NewOperator("acme", "Acme", "SEK", "Europe/Stockholm"), scope=PLATFORM, actor=actor, now=now)
    made = create_brand("acme", "gold", "Acme Gold", scope=Scope("acme"), actor=actor, now=now)
    assert made.pk == "acme:gold"
    assert [(one.pk, one.base_currency, one.accounting_zone) for one in operators(PLATFORM)] == [
        ("acme", "SEK", "Europe/Stockholm")
    ]
    assert list(AuditEntry.objects.order_by("id").values_list("action", "operator_id", "object_id")) == [
        ("operator.created", "acme", "acme"),
        ("brand.created", "acme", "acme:gold"),
    ]


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewOperator("Acme", "Acme"), "operator_id"),
        (NewOperator("a:b", "Acme"), "operator_id"),
        (NewOperator("", "Acme"), "operator_id"),
        (NewOperator("a" * 65, "Acme"), "operator_id"),
        (NewOperator("thrilltech", "Acme"), "operator_id"),
        (NewOperator("acme", " "), "name"),
        (NewOperator("acme", "Acme", "XAU"), "base_currency"),
        (NewOperator("acme", "Acme", "EUR", "Mars/Olympus"), "accounting_zone"),
    ],
)
def test_an_operator_that_is_wrong_names_the_field(new: NewOperator, field: str, now: datetime, actor: Actor) -> None:
    brand()
    with pytest.raises(Refusal) as refused:
        create_operator(new, scope=PLATFORM, actor=actor, now=now)
    assert (refused.value.code, refused.value.field) == ("INVALID_REQUEST", field)


def test_operators_are_the_platforms_alone(now: datetime, actor: Actor) -> None:
    brand()
    with pytest.raises(Refusal, match="FORBIDDEN"):
        create_operator(NewOperator("acme", "Acme"), scope=OWN, actor=actor, now=now)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        change_operator("thrilltech", OperatorChange("T", is_active=True), scope=OWN, actor=actor, now=now)


def test_switching_off_needs_a_reason_and_is_logged_with_both_states(now: datetime, actor: Actor) -> None:
    brand()
    with pytest.raises(Refusal) as refused:
        change_brand("thrilltech:brand1", BrandChange("B", is_active=False), scope=OWN, actor=actor, now=now)
    assert refused.value.field == "reason"
    off = BrandChange("B", is_active=False, reason="sold")
    change_brand("thrilltech:brand1", off, scope=OWN, actor=actor, now=now)
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after, entry.reason) == (
        {"name": "Brand1", "is_active": True},
        {"name": "B", "is_active": False},
        "sold",
    )
    change_operator(
        "thrilltech", OperatorChange("T", is_active=False, reason="left"), scope=PLATFORM, actor=actor, now=now
    )
    assert not Operator.objects.get().is_active


Act = Callable[[datetime, Actor], object]


@pytest.mark.parametrize(
    "act",
    [
        lambda now, actor: create_brand("rival", "x", "X", scope=OWN, actor=actor, now=now),
        lambda now, actor: change_brand("rival:brand1", BrandChange("X", True), scope=OWN, actor=actor, now=now),
        lambda now, actor: change_brand("thrilltech:nope", BrandChange("X", True), scope=OWN, actor=actor, now=now),
        lambda now, actor: change_operator("nope", OperatorChange("X", True), scope=PLATFORM, actor=actor, now=now),
        lambda now, actor: create_brand("nope", "x", "X", scope=PLATFORM, actor=actor, now=now),
    ],
)
def test_what_is_foreign_does_not_exist(act: Act, now: datetime, actor: Actor) -> None:
    brand()
    brand("rival:brand1")
    with pytest.raises(Refusal, match="NOT_FOUND"):
        act(now, actor)


def test_an_account_limited_to_brands_keeps_to_them(now: datetime, actor: Actor) -> None:
    brand()
    brand("thrilltech:brand2")
    limited = Scope("thrilltech", frozenset({"thrilltech:brand1"}))
    assert [one.pk for one in brands(limited)] == ["thrilltech:brand1"]
    with pytest.raises(Refusal, match="FORBIDDEN"):
        create_brand("thrilltech", "third", "Third", scope=limited, actor=actor, now=now)
    with pytest.raises(Refusal, match="NOT_FOUND"):
        change_brand("thrilltech:brand2", BrandChange("X", is_active=True), scope=limited, actor=actor, now=now)


def test_a_brand_code_is_taken_once_and_has_a_form(now: datetime, actor: Actor) -> None:
    brand()
    for code in ("brand1", "Brand2", "a:b", ""):
        with pytest.raises(Refusal) as refused:
            create_brand("thrilltech", code, "X", scope=OWN, actor=actor, now=now)
        assert refused.value.field == "code"
    assert Brand.objects.count() == 1
