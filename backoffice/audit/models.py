"""The audit log: who did what, why, before and after. Rows are only ever added."""

import pgtrigger
from django.db import models

from backoffice.core import guards


class AuditEntry(models.Model):
    """One act. `operator_id` is null for the platform's own acts."""

    at = models.DateTimeField()
    operator_id = models.CharField(max_length=64, null=True, db_index=False)  # noqa: DJ001 - null is the platform
    brand_id = models.CharField(max_length=129, null=True)  # noqa: DJ001 - null is the whole operator
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    object_name = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["operator_id", "-id"], name="audit_by_operator"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_by_object"),
        ]
        triggers = [guards.Protect(name="audit_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.object_name}"
