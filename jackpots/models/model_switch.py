"""Switches of an instance to another template: what stood where before, and after."""

import pgtrigger
from django.db import models

from backoffice.approvals.guard import Agreement, two_people
from backoffice.core import guards
from backoffice.tenancy.models import Operator
from jackpots.models.instance import Instance
from jackpots.models.template import Template


class ModelSwitch(models.Model):
    """One switch. `mapping` holds {code before: {code after: share in ppm}}, the others the amounts by code."""

    id = models.UUIDField(primary_key=True, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="switches")
    from_template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="+")
    to_template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="+")
    mapping = models.JSONField()
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=300)
    approval = models.ForeignKey("approvals.Approval", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    switched_at = models.DateTimeField()

    class Meta:
        ordering = ["-switched_at"]
        constraints = [models.UniqueConstraint(fields=["operator", "approval"], name="switch_once_an_approval")]
        triggers = [
            guards.Protect(name="switch_fixed", operation=pgtrigger.Update | pgtrigger.Delete),
            two_people(
                "switch_by_two",
                Agreement(
                    "instance.switch",
                    "switching the model of an instance needs a second person",
                    object_id="NEW.instance_id::text",
                ),
                operation=pgtrigger.Insert,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_template_id} → {self.to_template_id}"
