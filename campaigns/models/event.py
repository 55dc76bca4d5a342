"""What happened to players: the timeline and the history in one row (ADR 0028)."""

import pgtrigger
from django.db import models

from backoffice.core import guards
from backoffice.tenancy.models import Brand, Operator
from campaigns.models.profile import ExactDecoder, Profile

_ERASURE = """
    IF TG_OP = 'UPDATE' AND NEW.properties = '{}' AND NEW.changes IS NULL AND NEW.origin = ''
       AND (NEW.id, NEW.operator_id, NEW.brand_id, NEW.profile_id, NEW.event, NEW.topic, NEW.happened_at,
            NEW.received_at, NEW.integration_id) IS NOT DISTINCT FROM
           (OLD.id, OLD.operator_id, OLD.brand_id, OLD.profile_id, OLD.event, OLD.topic, OLD.happened_at,
            OLD.received_at, OLD.integration_id)
       AND EXISTS (SELECT 1 FROM campaigns_profile p WHERE p.operator_id = OLD.operator_id AND p.id = OLD.profile_id
                   AND p.erased_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what happened to a player is kept as it is' USING ERRCODE = 'restrict_violation';
"""


class PlayerEvent(models.Model):
    """An event as it came, and what it changed.

    `profile` is null where it concerns nobody in particular. `changes` is null where nothing changed, else what
    campaigns.rules.merging.Changes says. `origin` names the raw message. Only an erasure empties a row.
    """

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    integration_id = models.UUIDField()
    event = models.TextField()
    topic = models.TextField(default="", blank=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    origin = models.TextField(default="", blank=True)
    properties = models.JSONField(default=dict, decoder=ExactDecoder)
    changes = models.JSONField(null=True, decoder=ExactDecoder)

    class Meta:
        ordering = ["-happened_at", "-id"]
        indexes = [models.Index(fields=["profile", "-happened_at", "-id"], name="player_event_of_profile")]
        triggers = [
            guards.Trigger(
                name="player_event_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_ERASURE,
            )
        ]

    def __str__(self) -> str:
        return self.event
