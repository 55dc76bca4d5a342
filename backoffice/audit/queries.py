"""Reads of the audit log."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from backoffice.audit.models import AuditEntry

if TYPE_CHECKING:  # the log lies below the tenants, whose acts it records
    from backoffice.tenancy.scope import Scope


def entries(scope: "Scope") -> QuerySet[AuditEntry]:
    """Every entry in scope, newest first. Acts of the platform itself are seen by the platform only."""
    return scope.rows(AuditEntry.objects.all(), brand_field="brand_id")


def history(scope: "Scope", object_type: str, object_id: str) -> QuerySet[AuditEntry]:
    """What happened to one object, newest first."""
    return entries(scope).filter(object_type=object_type, object_id=object_id)
