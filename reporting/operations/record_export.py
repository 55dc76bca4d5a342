"""Keep who took which figures out of the house."""

from datetime import datetime

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record


def record_export(report: str, operator_id: str, filters: dict[str, object], *, actor: Actor, now: datetime) -> None:
    """An entry of the audit log: the report, and the filters that it was exported with."""
    with transaction.atomic():
        subject = Subject("report", report, report.replace("_", " ").capitalize(), operator_id)
        record(actor, "report.exported", subject, at=now, after=filters)
