"""Connect an integration as the demo's people do: allowed by the platform, submitted by one, approved by another."""

from datetime import datetime, timedelta

from backoffice.accounts.models import StaffUser
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.audit.record import Actor
from backoffice.demo.definitions import PLATFORM_ADMIN
from backoffice.tenancy.scope import Scope
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.operations.submit_integration import Submission, submit_integration
from integrations.queries.integrations import enabled_kinds, integrations


def connect_feed(submission: Submission, *, now: datetime) -> None:
    """Within the last three days; nothing happens where there is one of that name."""
    operator_id = submission.operator_id
    scope = Scope(operator_id)
    if integrations(scope).filter(name=submission.name).exists():
        return
    root = StaffUser.objects.get(email=PLATFORM_ADMIN)
    admin = StaffUser.objects.get(email=f"admin@{operator_id}.example")
    approver = StaffUser.objects.get(email=f"approver@{operator_id}.example")
    if submission.kind not in enabled_kinds(operator_id):
        set_kind_flag(
            Switch(operator_id=operator_id, kind=submission.kind, is_enabled=True),
            actor=Actor.staff(root), now=now - timedelta(days=3), reason="Contract signed.",
        )  # fmt: skip
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
