"""Remembers who took which figures out of the house."""

from collections.abc import Mapping
from datetime import datetime

from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor, Subject, record


def record_export(
    actor: Actor, page: str, name: str, asked: Mapping[str, object], *, operator_id: str | None, now: datetime
) -> AuditEntry:
    """An entry `export.downloaded` about the page, with what its address asked for."""
    return record(actor, "export.downloaded", Subject("page", page[:64], name, operator_id), at=now, after=asked)
