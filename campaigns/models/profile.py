"""Players: what is known of each, and what is remembered of those who were erased."""

import json
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import models

from backoffice.approvals.guard import Agreement, two_people
from backoffice.approvals.models import Approval
from backoffice.core import guards
from backoffice.tenancy.models import Brand, Operator


class ExactDecoder(json.JSONDecoder):
    """Numbers with a point become Decimal."""

    def __init__(self, **values: Any) -> None:
        super().__init__(parse_float=Decimal, **values)


class Profile(models.Model):
    """A player of a brand, written by one statement a batch.

    `attributes` maps names to values, the four of the system among them; those have columns too, for the indexes.
    `attribute_times` holds, in the order in which PostgreSQL keeps the keys of `attributes`, epoch milliseconds of each
    value, eight bytes apiece. `channels` maps a channel to `{status, on, anyway, off, preferences: {name: [value,
    ms]}}` and `tags` a tag to `[is_set, ms]`; `blocks` is `{on, offs}`: the latest block, and when it was lifted after
    that. All are what campaigns.wire.stored reads and writes. `not_before` is when an earlier profile of this player
    was erased: what happened until then is not taken. The migration adds what finds players by the start of their id,
    e-mail or number in lower case (rule B-24).
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    player_id = models.CharField(max_length=200)
    first_name = models.TextField(default="", blank=True)
    last_name = models.TextField(default="", blank=True)
    email = models.TextField(default="", blank=True)
    mobile_number = models.TextField(default="", blank=True)
    attributes = models.JSONField(default=dict, decoder=ExactDecoder)
    attribute_times = models.BinaryField(default=bytes)
    channels = models.JSONField(default=dict)
    tags = models.JSONField(default=dict)
    is_blocked = models.BooleanField(default=False)
    blocked_at = models.DateTimeField(null=True)
    blocks = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    first_event_at = models.DateTimeField()
    last_event_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        ordering = ["brand", "player_id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="profile_of_operator"),
            models.UniqueConstraint(fields=["operator", "brand", "player_id"], name="profile_once"),
            models.CheckConstraint(condition=~models.Q(player_id=""), name="profile_has_a_player"),
        ]
        triggers = [
            guards.Protect(name="profile_kept", operation=pgtrigger.Delete),
            guards.ReadOnly(name="profile_owner_fixed", fields=["operator", "brand", "created_at"]),
            guards.Protect(
                name="profile_erased_for_ever",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__erased_at__isnull=False),
            ),
            two_people(
                "profile_erased_by_two",
                Agreement("player.erase", "a player is erased when two people agree"),
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__erased_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.player_id


class ErasureSalt(models.Model):
    """What an operator's marks of erased players are salted with."""

    operator = models.OneToOneField(Operator, on_delete=models.PROTECT, primary_key=True, related_name="+")
    salt = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["operator"]

    def __str__(self) -> str:
        return self.operator_id


class ErasedPlayer(models.Model):
    """A mark that keeps older messages from bringing an erased player back: the salted digest of one identifier."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    digest = models.BinaryField(max_length=32)
    erased_at = models.DateTimeField()

    class Meta:
        ordering = ["-erased_at"]
        constraints = [models.UniqueConstraint(fields=["operator", "brand", "digest"], name="erased_player_once")]
        triggers = [guards.Protect(name="erased_player_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.brand_id} {self.erased_at}"
