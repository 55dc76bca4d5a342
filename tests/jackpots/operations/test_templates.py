"""Templates: drafted, changed, published by two, then fixed; new versions."""

from typing import Any

import pytest

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Template
from jackpots.operations.change_template import change_template
from jackpots.operations.create_template import TemplateDraft, create_template
from jackpots.operations.draft_new_version import draft_new_version
from jackpots.operations.request_publication import request_publication
from jackpots.queries.templates import published_terms, terms_of, versions
from tests.cast import EUR, SYSTEM, Cast, probability_pot, quiet_draft, value_pot


def drafted(cast: Cast, draft: TemplateDraft | None = None) -> Template:
    return create_template(
        draft or quiet_draft(), scope=cast.house.scope, created_by=cast.manager, actor=SYSTEM, now=cast.now
    )


def asked(cast: Cast, template: Template, by: StaffUser | None = None) -> Approval:
    person = by or cast.manager
    if template.state == "Draft":
        cast.house.simulate(template)
    return request_publication(
        template.pk,
        reason="Season",
        requested_by=person,
        scope=cast.house.scope,
        actor=Actor.staff(person),
        now=cast.now,
    )


@pytest.mark.req("POT-01", "POT-11")
def test_a_draft_says_what_was_given(cast: Cast) -> None:
    draft = quiet_draft(minimum_base_wager_micros=EUR, brand_id=cast.brand1.pk)
    template = drafted(cast, draft)
    assert (template.state, template.version, template.brand_id) == ("Draft", 1, cast.brand1.pk)
    assert terms_of(template) == draft.terms(str(template.pk))


@pytest.mark.req("POT-01")
def test_a_draft_can_be_changed_until_it_is_published(cast: Cast) -> None:
    template = drafted(cast)
    changed = quiet_draft(name="Other", pots=(probability_pot("only", position=0, share_ppm=700_000),))
    change_template(template.pk, changed, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    template.refresh_from_db()
    assert (template.name, [pot.code for pot in template.pots.all()]) == ("Other", ["only"])
    with pytest.raises(Refusal, match="never changes"):
        change_template(cast.template.pk, changed, scope=cast.house.scope, actor=SYSTEM, now=cast.now)


@pytest.mark.req("POT-01", "B-25")
def test_published_by_a_second_person(cast: Cast) -> None:
    template = drafted(cast)
    approval = asked(cast, template)
    assert approval.after["pots"][0]["code"] == "minor"
    with pytest.raises(LookupError):
        published_terms(template.pk)
    cast.house.approve(approval)
    assert published_terms(template.pk).contribution_micros == EUR // 10
    template.refresh_from_db()
    with pytest.raises(Refusal, match="published already"):
        asked(cast, template)


@pytest.mark.req("B-25")
def test_nobody_approves_what_they_have_not_seen(cast: Cast) -> None:
    template = drafted(cast)
    approval = asked(cast, template)
    change_template(
        template.pk, quiet_draft(contribution_micros=EUR), scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    with pytest.raises(Refusal, match="has changed"):
        cast.house.approve(approval)
    assert Template.objects.get(pk=template.pk).state == "Draft"


@pytest.mark.req("POT-24", "B-04")
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"operator_contribution_ppm": 500_000}, "operator_contribution_ppm"),
        ({"household_ppm": 200_000}, "household_ppm"),
        ({"contribution_micros": 0, "pots": (value_pot(share_ppm=700_000),)}, "pots.minor.kind"),
    ],
)
def test_what_is_wrong_may_be_drafted_but_not_published(cast: Cast, values: dict[str, Any], field: str) -> None:
    template = drafted(cast, quiet_draft(**values))
    with pytest.raises(Refusal) as refused:
        asked(cast, template)
    assert (refused.value.code, refused.value.field) == ("INVALID_REQUEST", field)
    assert not Approval.objects.filter(object_id=str(template.pk)).exists()


@pytest.mark.req("POT-01")
@pytest.mark.parametrize(
    "values",
    [
        {"currency": "XXX"}, {"contribution_micros": -1}, {"name": " "}, {"pots": (value_pot(), value_pot())},
        {"pots": (value_pot("Not a code"),)}, {"household_ppm": 1_000_001},
    ],
)  # fmt: skip
def test_what_no_row_can_hold_is_refused_at_once(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="INVALID_REQUEST"):
        drafted(cast, quiet_draft(**values))


@pytest.mark.req("POT-01")
def test_a_new_version_begins_as_the_old_one(cast: Cast) -> None:
    second = draft_new_version(
        cast.template.pk, scope=cast.house.scope, created_by=cast.admin, actor=SYSTEM, now=cast.now
    )
    assert (second.version, second.state, second.lineage_id) == (2, "Draft", cast.template.lineage_id)
    assert terms_of(second).pots == terms_of(cast.template).pots
    third = draft_new_version(second.pk, scope=cast.house.scope, created_by=None, actor=SYSTEM, now=cast.now)
    assert third.version == 3
    assert [row.version for row in versions(cast.house.scope, second.lineage_id)] == [3, 2, 1]


@pytest.mark.req("GEN-01", "GEN-02")
def test_owners_and_templates_of_others_are_not_there(cast: Cast) -> None:
    foreign = Scope("rival")
    with pytest.raises(Refusal, match="NOT_FOUND"):
        create_template(quiet_draft(), scope=foreign, created_by=None, actor=SYSTEM, now=cast.now)
    with pytest.raises(Refusal, match="NOT_FOUND"):
        drafted(cast, quiet_draft(brand_id="rival:brand1"))
    with pytest.raises(Refusal, match="NOT_FOUND"):
        create_template(
            quiet_draft(), scope=Scope("thrilltech", frozenset({cast.brand1.pk})), created_by=None, actor=SYSTEM,
            now=cast.now,
        )  # fmt: skip
    with pytest.raises(Refusal, match="NOT_FOUND"):
        change_template(cast.template.pk, quiet_draft(), scope=foreign, actor=SYSTEM, now=cast.now)
    with pytest.raises(Refusal, match="NOT_FOUND"):
        draft_new_version(cast.template.pk, scope=foreign, created_by=None, actor=SYSTEM, now=cast.now)
