"""Erase a player: what happens when a second person has approved it (GDPR, article 17)."""

import secrets
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django.db import connection

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.core.json import encode
from campaigns.models import ErasedPlayer, ErasureSalt, PlayerEvent, Profile
from campaigns.operations.export_player import subject_of
from campaigns.operations.load_players import NO_ATTRIBUTES, Player, erased_digest
from campaigns.operations.save_players import count_choices
from campaigns.rules.player import Blocks, Standing
from integrations.operations.forget_player import forget_player

# What messages find players by.
_IDENTIFYING: Final = ("email", "mobile_number")
_NOTHING: Final[dict[str, Any]] = {
    "first_name": "", "last_name": "", "email": "", "mobile_number": "", "attributes": {}, "attribute_times": b"",
    "channels": {}, "tags": {}, "is_blocked": False, "blocked_at": None, "blocks": {},
}  # fmt: skip


def erase_player(approval: Approval, actor: Actor, now: datetime) -> None:
    """Take everything away by which the approval's player can be known; for ever.

    The profile becomes a number without attributes, its events keep their names and times alone; sessions and figures
    go, payments and bonuses become nobody's. The jackpots' ledger and journal stay as they are. Salted digests of the
    id, and of every e-mail and number that the player had, keep messages of what happened before from bringing the
    player back; what happens later begins a new profile.

    Refusal(INVALID_REQUEST) where it was done in the meantime.
    """
    rows = Profile.objects.filter(operator_id=approval.operator_id)
    pseudonym = f"erased-{uuid4().hex}"
    player = rows.get(pk=int(approval.object_id))
    forget_player(player.operator_id, player.brand_id, player.player_id, pseudonym=pseudonym)
    player = rows.select_for_update().get(pk=player.pk)
    if player.erased_at is not None:
        raise Refusal("INVALID_REQUEST", "The player was erased in the meantime.")
    _mark(player, now)
    _count_no_more(player, now)
    for name, value in _NOTHING.items():
        setattr(player, name, value)
    player.player_id = pseudonym
    player.erased_at = player.updated_at = now
    player.approval = approval
    player.save()
    PlayerEvent.objects.filter(operator_id=player.operator_id, profile_id=player.pk).update(
        properties={}, changes=None, origin=""
    )
    record(actor, "player.erased", subject_of(player), at=now, reason=approval.reason)


def _mark(player: Profile, now: datetime) -> None:
    salt, _ = ErasureSalt.objects.get_or_create(
        operator_id=player.operator_id, defaults={"salt": secrets.token_bytes(32)}
    )
    digests = {erased_digest(bytes(salt.salt), value) for value in _identifiers(player)}
    ErasedPlayer.objects.bulk_create(
        [
            ErasedPlayer(operator_id=player.operator_id, brand_id=player.brand_id, digest=digest, erased_at=now)
            for digest in sorted(digests)
        ],
        update_conflicts=True,
        unique_fields=["operator", "brand", "digest"],
        update_fields=["erased_at"],
    )


def _identifiers(player: Profile) -> set[str]:
    """By which the player was ever known."""
    found = {player.player_id, player.email, player.mobile_number}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT one.value #>> '{}' FROM campaigns_playerevent e
            CROSS JOIN jsonb_each(e.changes->'attributes') c CROSS JOIN jsonb_array_elements(c.value) one
            WHERE e.operator_id = %s AND e.profile_id = %s AND c.key = ANY(%s)
            """,
            [player.operator_id, player.pk, list(_IDENTIFYING)],
        )
        found |= {value for (value,) in cursor.fetchall() if value}
    return found - {""}


def _count_no_more(player: Profile, now: datetime) -> None:
    texts = (encode(player.channels).decode(), encode(player.tags).decode(), encode(player.blocks).decode())
    counted = Player(player.pk, player.brand_id, player.player_id, NO_ATTRIBUTES, texts)
    counted.read_standing()
    counted.standing = Standing({}, {}, Blocks(), is_moved=True)
    count_choices(player.operator_id, "", [counted], now)
