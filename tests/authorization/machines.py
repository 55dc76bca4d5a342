"""Rows of the gateway and of /api/v1/."""

from typing import Any
from uuid import UUID

from backoffice.approvals.models import Approval
from integrations.models import Integration
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.operations.submit_integration import Submission, submit_integration
from jackpots.operations.contribute import contribute
from jackpots.operations.create_template import create_template
from jackpots.operations.link_instance import link_instance
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.request_boost import request_boost
from jackpots.operations.request_termination import request_termination
from jackpots.operations.suspend import suspend
from jackpots.operations.withhold_win import withhold_win
from jackpots.queries.suspensions import Suspended
from jackpots.rules.contribution import ContributionResult
from tests.authorization import raffles
from tests.authorization.matrix import (
    ADMIN,
    ANALYST,
    APPROVER,
    DECIDERS,
    MACHINES,
    MANAGER,
    REQUESTERS,
    ROLES,
    VIEWERS,
    Ask,
    Row,
)
from tests.cast import SYSTEM, Cast, probability_pot, quiet_draft, sure_draft
from tests.contracts.doors import payload
from tests.contracts.thrilldrops.shapes import event

EVERYBODY = frozenset(ROLES)
ALL_VIEWERS = VIEWERS | MACHINES


def _instance(cast: Cast) -> Ask:
    return Ask({"pk": cast.instance.pk})


def _reason(cast: Cast, **kwargs: Any) -> Ask:
    return Ask({"pk": cast.instance.pk, **kwargs}, body={"reason": "Because."})


def _paused(cast: Cast) -> Ask:
    pause_instance(cast.instance.pk, reason="Maintenance", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    return _reason(cast)


def _draft(cast: Cast) -> Any:
    return create_template(
        quiet_draft(name="Draft", brand_id=cast.owner_brand_id),
        scope=cast.house.scope,
        created_by=cast.manager,
        actor=SYSTEM,
        now=cast.now,
    )


def _simulated(cast: Cast) -> Any:
    made = _draft(cast)
    cast.house.simulate(made)
    return made


def _template_body() -> dict[str, Any]:
    pot = {"id": "one", "kind": "value", "share_ppm": 1_000_000, "initial_seed": 1, "value_from": 2, "value_to": 3}
    return {"name": "New", "currency": "EUR", "contribution": 1, "pots": [pot]}


def _pending(cast: Cast) -> Ask:
    approval = request_termination(
        cast.instance.pk,
        reason="Over",
        requested_by=cast.manager,
        scope=cast.house.scope,
        actor=SYSTEM,
        now=cast.now,
    )
    return Ask({"pk": approval.pk}, body={"approved": True, "reason": "Yes."})


def _contribution(cast: Cast) -> Ask:
    (made,) = contribute([cast.request()], now=cast.now)
    assert isinstance(made, ContributionResult)
    return Ask({"pk": made.contribution_id})


def _win(cast: Cast, **body: Any) -> Ask:
    instance = cast.house.open(sure_draft())
    contribute([cast.house.request(instance)], now=cast.now)
    return Ask({"pk": instance.wins.get().pk}, body=body or None)


def _withheld(cast: Cast) -> Ask:
    ask = _win(cast, reason="Because.")
    withhold_win(ask.kwargs["pk"], reason="Check", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    return ask


def _switch(cast: Cast) -> Ask:
    template = cast.house.publish(quiet_draft(name="Next", brand_id=cast.owner_brand_id))
    mapping = {pot.code: {pot.code: 1_000_000} for pot in cast.instance.pots.all()}
    body = {"reason": "Next.", "template_id": str(template.pk), "mapping": mapping}
    return Ask({"pk": cast.instance.pk}, body=body)


def _suspended(cast: Cast) -> Ask:
    row = suspend(
        Suspended(cast.operator.pk, cast.owner_brand_id), reason="Check", scope=cast.house.scope, actor=SYSTEM,
        now=cast.now,
    )  # fmt: skip
    return Ask({"pk": row.pk}, body={"reason": "Found."})


def _over(cast: Cast) -> Ask:
    cast.house.approve(Approval.objects.get(pk=_pending(cast).kwargs["pk"]))
    return _reason(cast)


def _boost(cast: Cast) -> Ask:
    return Ask({"pk": cast.instance.pots.all()[0].pk}, body={"reason": "Because.", "amount": 5})


def _boosted(cast: Cast) -> Ask:
    ask = _boost(cast)
    approval = request_boost(
        ask.kwargs["pk"],
        amount_micros=5_000_000,
        reason="Spring",
        requested_by=cast.manager,
        scope=cast.house.scope,
        actor=SYSTEM,
        now=cast.now,
    )
    cast.house.approve(approval)
    return ask


def _opt_in(cast: Cast) -> Ask:
    return Ask(body=payload("opt-in", instance_id=str(cast.instance.pk)))


def _link(cast: Cast) -> Ask:
    brand_id = cast.owner_brand_id
    other = cast.house.open(quiet_draft(name="Linked", brand_id=brand_id), brand_id=brand_id)
    return Ask({"pk": cast.instance.pk}, body={"linked_id": str(other.pk)})


def _linked(cast: Cast) -> Ask:
    ask = _link(cast)
    linked_id = UUID(str((ask.body or {})["linked_id"]))
    link_instance(cast.instance.pk, linked_id, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    return ask


def _trigger(cast: Cast) -> Ask:
    draft = quiet_draft(name="Wheel", pots=(probability_pot(share_ppm=700_000, allows_external_trigger=True),))
    instance = cast.house.open(draft)
    return Ask({"instance_id": str(instance.pk), "pot_id": "mega"}, body={"trigger_id": "wheel-1"})


FEED: dict[str, Any] = {
    "kind": "fasttrack",
    "name": "Casino feed",
    "transport": "replay",
    "settings": {
        "brands": [{"origin": "sub.example.com", "brand_id": "thrilltech:brand1"}],
        "default_source_id": "sitewide-casino",
    },
    "reason": "The casino goes live.",
}


def _enabled(cast: Cast, kind: str = "fasttrack") -> None:
    set_kind_flag(Switch(cast.operator.pk, kind, is_enabled=True), actor=SYSTEM, now=cast.now)


def _feed(cast: Cast) -> Ask:
    _enabled(cast)
    return Ask(body=FEED | {"owner_id": cast.operator.pk})


def _submitted(cast: Cast, **changes: Any) -> Integration:
    values = FEED | changes
    _enabled(cast, values["kind"])
    submission = Submission(operator_id=cast.operator.pk, connection={}, **values)
    return submit_integration(submission, submitted_by=cast.manager, scope=cast.house.scope, actor=SYSTEM, now=cast.now)


def _event(cast: Cast) -> Ask:
    _connected(cast, kind="thrilldrops", name="Events", transport="http", settings={"brands": [cast.brand1.pk]})
    return Ask(body=event("Deposit"))


def _connected(cast: Cast, **changes: Any) -> Ask:
    integration = _submitted(cast, **changes)
    assert integration.approval is not None
    cast.house.approve(integration.approval)
    return Ask({"pk": integration.pk}, body={"reason": "Over"})


GATEWAY = [
    Row(
        route="authenticate-service",
        method="POST",
        may=EVERYBODY,
        ask=lambda _cast: Ask(body={"username": "event-processor", "password": "potluck-demo"}),
        foreign=200,
        nobody=200,
    ),
    Row(
        route="gateway-contribute-source",
        method="POST",
        may=MACHINES,
        ask=lambda cast: Ask(body=payload("casino-sitewide", source_id=cast.source.source_id)),
        no=401,
        foreign=403,
    ),
    Row(
        route="gateway-contribute-instance",
        method="POST",
        may=MACHINES,
        ask=lambda cast: Ask(body=payload("direct", instance_id=str(cast.instance.pk))),
        no=401,
        foreign=403,
    ),
    Row(
        route="gateway-contribute-batch",
        method="POST",
        may=MACHINES,
        ask=lambda cast: Ask(body=[payload("casino-sitewide", source_id=cast.source.source_id)]),
        no=401,
        foreign=200,
    ),
    Row(
        route="gateway-instance-by-source",
        method="GET",
        may=MACHINES,
        ask=lambda cast: Ask({"source_id": cast.source.source_id, "brand_id": cast.brand1.pk}),
        no=401,
        foreign=403,
    ),
    *(
        Row(
            route=route,
            method="GET",
            may=MACHINES,
            ask=lambda cast: Ask({"instance_id": str(cast.instance.pk)}),
            no=401,
        )
        for route in ("gateway-latest-winners", "gateway-pot-winners")
    ),
    Row(
        route="gateway-sources",
        method="GET",
        may=MACHINES,
        ask=lambda cast: Ask(query={"owner_id": cast.operator.pk}),
        no=401,
    ),
    Row(
        route="gateway-currencies",
        method="GET",
        may=MACHINES,
        ask=lambda cast: Ask(query={"brand_id": cast.brand1.pk}),
        no=401,
        foreign=403,
    ),
]

GATEWAY.append(
    Row(
        route="public-sources",
        method="GET",
        may=EVERYBODY,
        ask=lambda cast: Ask(query={"owner_id": cast.operator.pk}),
        foreign=200,
        nobody=200,
        is_public=True,
    )
)
GATEWAY.append(
    Row(
        route="public-rules",
        method="GET",
        may=EVERYBODY,
        ask=lambda cast: Ask({"instance_id": cast.instance.pk}),
        foreign=200,
        nobody=200,
        is_public=True,
    )
)
GATEWAY.append(Row(route="gateway-trigger-pot", method="POST", may=MACHINES, ask=_trigger, no=401, foreign=404))
GATEWAY.append(Row(route="gateway-opt-in", method="POST", may=MACHINES, ask=_opt_in, no=401, foreign=403))

GATEWAY.append(Row(route="gateway-event", method="POST", may=MACHINES, ask=_event, no=401, foreign=403))

LISTED = ("instance", "pot", "template", "source", "contribution", "win", "opt-in", "liability", "integration")
V1 = [
    Row(route="api-schema", method="GET", may=EVERYBODY, foreign=200, nobody=200),
    Row(route="api-docs", method="GET", may=EVERYBODY, foreign=200, nobody=200),
    Row(route="api-integration-list", method="POST", may=REQUESTERS, ask=_feed, yes=201),
    Row(
        route="api-integration-detail",
        method="GET",
        may=ALL_VIEWERS,
        ask=lambda cast: Ask({"pk": _submitted(cast).pk}),
    ),
    Row(route="api-integration-disconnect", method="POST", may=REQUESTERS, ask=_connected),
    *(
        Row(route=f"api-{noun}-list", method="GET", may=ALL_VIEWERS, foreign=None)
        for noun in (
            "instance",
            "pot",
            "template",
            "source",
            "contribution",
            "win",
            "opt-in",
            "liability",
            "integration",
        )
    ),
    Row(route="api-approval-list", method="GET", may=VIEWERS, foreign=None),
    *(
        Row(route=f"api-instance-{noun}", method="GET", may=ALL_VIEWERS, ask=_instance)
        for noun in ("detail", "schedule", "schedule-what-if")
    ),
    Row(
        route="api-pot-detail",
        method="GET",
        may=ALL_VIEWERS,
        ask=lambda cast: Ask({"pk": cast.instance.pots.all()[0].pk}),
    ),
    Row(route="api-template-detail", method="GET", may=ALL_VIEWERS, ask=lambda cast: Ask({"pk": cast.template.pk})),
    Row(route="api-source-detail", method="GET", may=ALL_VIEWERS, ask=lambda cast: Ask({"pk": cast.source.pk})),
    Row(route="api-contribution-detail", method="GET", may=ALL_VIEWERS, ask=_contribution),
    Row(route="api-approval-detail", method="GET", may=VIEWERS, ask=lambda cast: Ask(_pending(cast).kwargs)),
    Row(
        route="api-instance-list",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: Ask(body={"template_id": str(cast.template.pk), "name": "New", "owner_id": cast.operator.pk}),
        yes=201,
    ),
    Row(route="api-instance-pause", method="POST", may=REQUESTERS, ask=_reason),
    Row(route="api-instance-resume", method="POST", may=REQUESTERS, ask=_paused),
    Row(route="api-instance-request-termination", method="POST", may=REQUESTERS, ask=_reason, yes=202),
    Row(
        route="api-template-list",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: Ask(body=_template_body() | {"owner_id": cast.operator.pk}),
        yes=201,
    ),
    Row(
        route="api-template-detail",
        method="PUT",
        may=REQUESTERS,
        ask=lambda cast: Ask({"pk": _draft(cast).pk}, body=_template_body()),
    ),
    Row(
        route="api-template-versions",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: Ask({"pk": cast.template.pk}),
        yes=201,
    ),
    Row(
        route="api-template-simulate",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: Ask({"pk": _draft(cast).pk}, body={"contributions": 9}),
        yes=202,
    ),
    Row(
        route="api-template-simulations",
        method="GET",
        may=ALL_VIEWERS,
        ask=lambda cast: Ask({"pk": _simulated(cast).pk}),
    ),
    Row(
        route="api-template-request-publication",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: Ask({"pk": _simulated(cast).pk}, body={"reason": "Go"}),
        yes=202,
    ),
    Row(
        route="api-source-list",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: Ask(body={"source_id": "new", "owner_id": cast.operator.pk}),
        yes=201,
    ),
    Row(
        route="api-source-map",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: Ask({"pk": cast.source.pk}, body={"instance_id": str(cast.instance.pk), "priority": 5}),
    ),
    Row(
        route="api-source-unmap",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: Ask({"pk": cast.source.pk}, body={"instance_id": str(cast.instance.pk)}),
    ),
    Row(route="api-win-detail", method="GET", may=ALL_VIEWERS, ask=_win),
    Row(
        route="api-win-withhold",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: _win(cast, reason="Because."),
    ),
    Row(
        route="api-win-request-settlement",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: _win(cast, reason="Paid", reference="bank-1"),
        yes=202,
    ),
    Row(route="api-win-request-release", method="POST", may=REQUESTERS, ask=_withheld, yes=202),
    Row(route="api-win-request-cancellation", method="POST", may=REQUESTERS, ask=_withheld, yes=202),
    Row(route="api-instance-request-sweep", method="POST", may=REQUESTERS, ask=_over, yes=202),
    Row(route="api-instance-link", method="POST", may=REQUESTERS, ask=_link),
    Row(route="api-instance-unlink", method="POST", may=REQUESTERS, ask=_linked, yes=204),
    Row(route="api-instance-request-switch", method="POST", may=REQUESTERS, ask=_switch, yes=202),
    Row(route="api-suspension-list", method="GET", may=ALL_VIEWERS, foreign=None),
    Row(
        route="api-suspension-list",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: Ask(body={"owner_id": cast.operator.pk, "reason": "Check."}),
        yes=201,
    ),
    Row(
        route="api-suspension-detail",
        method="GET",
        may=ALL_VIEWERS,
        ask=lambda cast: Ask({"pk": _suspended(cast).kwargs["pk"]}),
    ),
    Row(route="api-suspension-lift", method="POST", may=REQUESTERS, ask=_suspended),
    Row(route="api-pot-request-boost", method="POST", may=REQUESTERS, ask=_boost, yes=202),
    Row(route="api-pot-request-boost-refund", method="POST", may=REQUESTERS, ask=_boosted, yes=202),
    Row(route="api-opt-in-list", method="POST", may=MACHINES, ask=_opt_in, foreign=403),
    Row(route="api-approval-decide", method="POST", may=DECIDERS, ask=_pending),
]

ROWS = GATEWAY + V1 + raffles.ROWS

__all__ = ["ADMIN", "ANALYST", "APPROVER", "MANAGER", "ROWS"]
