"""The demo's feed: Fast Track is allowed, and one replay of sample bets is approved."""

from datetime import datetime, timedelta

from backoffice.accounts.models import StaffUser
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.audit.record import Actor
from backoffice.demo.definitions import PLATFORM_ADMIN
from backoffice.tenancy.scope import Scope
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.operations.submit_integration import Submission, submit_integration
from integrations.queries.integrations import integrations

OPERATOR_ID = "thrilltech"
NAME = "Casino bets (replay)"
ORIGINS = {"brand1.example.com": "thrilltech:brand1", "brand2.example.com": "thrilltech:brand2"}


def load_integrations(*, now: datetime) -> None:
    """Make the feed, unless it is there."""
    scope = Scope(OPERATOR_ID)
    if integrations(scope).filter(name=NAME).exists():
        return
    root = StaffUser.objects.get(email=PLATFORM_ADMIN)
    admin = StaffUser.objects.get(email=f"admin@{OPERATOR_ID}.example")
    approver = StaffUser.objects.get(email=f"approver@{OPERATOR_ID}.example")
    set_kind_flag(
        Switch(operator_id=OPERATOR_ID, kind="fasttrack", is_enabled=True),
        actor=Actor.staff(root), now=now - timedelta(days=3), reason="Contract signed.",
    )  # fmt: skip
    submission = Submission(
        operator_id=OPERATOR_ID,
        kind="fasttrack",
        name=NAME,
        transport="replay",
        settings={
            "brands": [{"origin": origin, "brand_id": brand_id} for origin, brand_id in ORIGINS.items()],
            "default_source_id": "sitewide-casino",
            "own_vendors": ["potluck"],
        },
        connection={"sample": "generated", "per_second": 2},
        reason="Bets of the casino, as samples until the broker is there.",
    )
    integration = submit_integration(
        submission, submitted_by=admin, scope=scope, actor=Actor.staff(admin), now=now - timedelta(days=2)
    )
    if integration.approval_id is None:
        raise ValueError("what was submitted waits for an approval")
    checked = Decision(is_approved=True, reason="Mapping checked with a dry run.")
    decide_approval(
        integration.approval_id, checked, decided_by=approver, scope=scope, actor=Actor.staff(approver),
        now=now - timedelta(days=1),
    )  # fmt: skip
