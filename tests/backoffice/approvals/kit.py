"""Effects for the tests of approvals, and a request."""

from datetime import datetime

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal

HERE = "tests.backoffice.approvals.kit"
effects: list[tuple[str, str]] = []


def take_effect(approval: Approval, actor: Actor, now: datetime) -> None:
    if approval.object_id == "stale":
        raise Refusal("INVALID_REQUEST", "What was asked for is no longer there.")
    effects.append(("approved", approval.object_id))


def take_refusal(approval: Approval, actor: Actor, now: datetime) -> None:
    effects.append((approval.state, approval.object_id))


def ask(by: StaffUser, now: datetime, object_id: str = "thing", *, brand_id: str | None = None) -> Approval:
    request = Request(
        kind="test.act",
        operator_id=by.operator_id or "thrilltech",
        brand_id=brand_id,
        object_id=object_id,
        title="Do the thing",
        reason="It is time",
        before={"state": "draft", "pots": [{"code": "main", "seed_micros": 1}]},
        after={"state": "published", "pots": [{"code": "main", "seed_micros": 2}]},
        evidence={"pots": {"main": "EUR 10.00"}, "warnings": ["the seed is small"], "players": 412, "simulation": []},
    )
    return request_approval(request, requested_by=by, actor=Actor.staff(by), now=now)
