"""Players: lists, one of them, by the start of an id, an e-mail or a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.queries import brands
from backoffice.tenancy.scope import Scope
from campaigns.models import Profile
from campaigns.rules.player import SYSTEM_ATTRIBUTES
from campaigns.wire.stored import read_times

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

PLAN: Final = "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_bitmapscan = off"
# One look into each index for each brand: what comes first of each is enough, whatever the number of players.
_LIKE: Final = """
    SELECT hit.id FROM unnest(%(brands)s::text[]) AS b (id)
    CROSS JOIN LATERAL (
        (SELECT p.id, p.player_id FROM campaigns_profile p
         WHERE p.brand_id = b.id AND lower(p.player_id) LIKE %(like)s
         ORDER BY lower(p.player_id) USING ~<~ LIMIT %(limit)s)
        UNION
        (SELECT p.id, p.player_id FROM campaigns_profile p
         WHERE p.brand_id = b.id AND p.email <> '' AND lower(p.email) LIKE %(like)s
         ORDER BY lower(p.email) USING ~<~ LIMIT %(limit)s)
        UNION
        (SELECT p.id, p.player_id FROM campaigns_profile p
         WHERE p.brand_id = b.id AND p.mobile_number <> '' AND lower(p.mobile_number) LIKE %(like)s
         ORDER BY lower(p.mobile_number) USING ~<~ LIMIT %(limit)s)
    ) AS hit
    ORDER BY lower(hit.player_id) USING ~<~, hit.id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class KnownAttribute:
    """A value of a player, and when it is from."""

    name: str
    value: str | Decimal | bool
    at: datetime
    is_system: bool


@dataclass(frozen=True)
class KnownChoice:
    """What a player said to a channel, or to a preference of it where that has a name; `at` where one instant says it.

    `is_subscribed` is None while nothing is known of the channel as a whole.
    """

    channel: str
    preference: str
    is_subscribed: bool | None
    at: datetime | None = None


def profiles(scope: Scope) -> QuerySet[Profile]:
    """The players of the viewer's brands, those who were erased left out, by id within a brand."""
    rows = Profile.objects.filter(erased_at__isnull=True)
    if scope.brand_ids is not None:
        # Every player has a brand. Said once more without "or none", the index leads there instead of past all others.
        rows = rows.filter(brand_id__in=scope.brand_ids)
    return scope.rows(rows, brand_field="brand_id").order_by("operator_id", "brand_id", "player_id")


def profiles_like(scope: Scope, prefix: str, *, brand_id: str | None = None, limit: int = 50) -> list[Profile]:
    """Players whose id, e-mail or mobile number starts with these characters, in whatever case, by their ids.

    Answers at once over any number of players (rule B-24); of one brand, or of all in scope.
    """
    text = prefix.strip().lower()
    if not text or "\0" in text:
        return []
    seen = [pk for pk in brands(scope).values_list("pk", flat=True) if brand_id in {None, pk}]
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    with transaction.atomic(), connection.cursor() as cursor:
        # In the order of the index, however many there are: what comes first is enough.
        cursor.execute(PLAN)
        cursor.execute(_LIKE, {"brands": seen, "like": f"{escaped}%", "limit": limit})
        ids = [row[0] for row in cursor.fetchall()]
    found = profiles(scope).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def profile(scope: Scope, profile_id: int) -> Profile:
    """One player, an erased one too; Refusal(NOT_FOUND) outside the scope."""
    found = scope.rows(Profile.objects.filter(pk=profile_id), brand_field="brand_id").first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such player.")
    return found


def profile_of(scope: Scope, *, brand_id: str, player_id: str) -> Profile | None:
    """The player of a brand by id."""
    return profiles(scope).filter(brand_id=brand_id, player_id=player_id).first()


def attributes_of(player: Profile) -> list[KnownAttribute]:
    """What is known of the player, the four of the system first, then by name."""
    times = read_times(player.attributes, bytes(player.attribute_times))
    known = [
        KnownAttribute(name, value, instant(times[name]), name in SYSTEM_ATTRIBUTES)
        for name, value in player.attributes.items()
    ]
    return sorted(known, key=lambda one: (not one.is_system, one.name))


def choices_of(player: Profile) -> list[KnownChoice]:
    """What the player said to channels and their preferences, by channel, the channel itself first."""
    found = []
    for channel, known in sorted(player.channels.items()):
        found.append(KnownChoice(channel, "", known.get("status")))
        preferences: dict[str, Sequence[Any]] = known.get("preferences", {})
        found += [KnownChoice(channel, name, one[0], instant(one[1])) for name, one in sorted(preferences.items())]
    return found


def tags_of(player: Profile) -> list[str]:
    """The tags that are set."""
    return sorted(name for name, (is_set, _) in player.tags.items() if is_set)


def instant(epoch_ms: int) -> datetime:
    """The instant of epoch milliseconds."""
    return _EPOCH + timedelta(milliseconds=epoch_ms)
