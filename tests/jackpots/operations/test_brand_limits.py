"""Who is limited to brands sees what belongs to the whole operator, and changes only what is those brands'."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from backoffice.accounts.viewer import scope_of
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import InstanceState
from jackpots.operations.change_template import change_template
from jackpots.operations.create_template import create_template
from jackpots.operations.delete_template import delete_template
from jackpots.operations.draft_new_version import draft_new_version
from jackpots.operations.map_source import map_source
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.play_simulation import play_simulation
from jackpots.operations.request_publication import request_publication
from jackpots.operations.request_simulation import SimulationPlan, request_simulation
from jackpots.operations.request_termination import request_termination
from jackpots.operations.unmap_source import unmap_source
from tests.cast import SYSTEM, Cast, quiet_draft

pytestmark = pytest.mark.django_db


def simulated(cast: Cast, template_id: UUID, scope: Scope) -> None:
    report = request_simulation(template_id, SimulationPlan(contributions=9), scope=scope, actor=SYSTEM, now=cast.now)
    assert not play_simulation(report.pk, now=cast.now)


@pytest.mark.req("B-25", "GEN-02")
@pytest.mark.parametrize("is_own", [False, True])
def test_only_what_is_the_brands_is_changed(cast: Cast, is_own: bool) -> None:
    person, now = cast.manager, cast.now
    brand_id = cast.brand1.pk if is_own else None
    template = cast.house.publish(quiet_draft(brand_id=brand_id))
    instance = cast.house.open(template, brand_id=brand_id)
    source = cast.house.source_for(instance, brand_id=brand_id)
    drafts = [
        create_template(
            quiet_draft(name=name, brand_id=brand_id),
            scope=cast.house.scope, created_by=person, actor=SYSTEM, now=now,
        )
        for name in ("One", "Two")
    ]  # fmt: skip
    person.brand_ids = [cast.brand1.pk]
    person.save()
    scope = scope_of(person)
    who: dict[str, Any] = {"scope": scope, "actor": SYSTEM, "now": now}
    acts: list[Callable[[], object]] = [
        lambda: change_template(drafts[0].pk, quiet_draft(name="Other", brand_id=brand_id), **who),
        lambda: delete_template(drafts[1].pk, reason="Over", **who),
        lambda: simulated(cast, drafts[0].pk, scope),
        lambda: request_publication(drafts[0].pk, reason="Go", requested_by=person, **who),
        lambda: draft_new_version(template.pk, created_by=person, **who),
        lambda: map_source(source.pk, instance.pk, priority=7, **who),
        lambda: unmap_source(source.pk, instance.pk, **who),
        lambda: pause_instance(instance.pk, reason="Rest", **who),
        lambda: request_termination(instance.pk, reason="Over", requested_by=person, **who),
    ]
    for act in acts:
        if is_own:
            act()
        else:
            with pytest.raises(Refusal) as refused:
                act()
            assert refused.value.code == "FORBIDDEN"
    instance.refresh_from_db()
    assert instance.state == (InstanceState.PAUSED if is_own else InstanceState.ACTIVE)
    assert source.mappings.exists() is not is_own
