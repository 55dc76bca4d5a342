"""Reads of the audit log."""

from django.db.models import QuerySet

from backoffice.audit.models import AuditEntry
from backoffice.tenancy.scope import Scope


def entries(scope: Scope) -> QuerySet[AuditEntry]:
    """Every entry in scope, newest first."""
    return scope.rows(AuditEntry.objects.all(), brand_field="brand_id")


def history(scope: Scope, object_type: str, object_id: str) -> QuerySet[AuditEntry]:
    """What happened to one object, newest first."""
    return entries(scope).filter(object_type=object_type, object_id=object_id)
