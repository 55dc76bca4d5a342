"""Work on many dead letters at once: what was asked, how far it is, what became of each."""

import uuid

from django.db import models

from backoffice.tenancy.models import Operator


class WorkState(models.TextChoices):
    """The life of a piece of work."""

    RUNNING = "running", "Running"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class LetterWork(models.Model):
    """Replay, or set aside, these dead letters one after the other.

    `letters` are their ids in order, of which `done_count` are done; `results` counts what became of them, by code.
    `through` is the integration whose mapping is used, if not each letter's own. It is told when it was last at work.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=12, choices=[("replay", "Replay"), ("set_aside", "Set aside")])
    letters = models.JSONField()
    total = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=dict)
    through = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=WorkState.choices, default=WorkState.RUNNING)
    requested_by = models.ForeignKey("accounts.StaffUser", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=WorkState.values), name="letter_work_state_known"),
            models.CheckConstraint(
                condition=models.Q(done_count__lte=models.F("total")), name="letter_work_not_overdone"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-requested_at"], name="letter_work_by_time"),
            models.Index(fields=["id"], condition=models.Q(state="running"), name="letter_work_running"),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.total:,} dead letters"
