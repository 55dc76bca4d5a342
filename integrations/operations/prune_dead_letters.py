"""Forget dead letters that were replayed or set aside; those that wait stay."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from backoffice.audit.record import Actor, Subject, record
from integrations.models import DeadLetter, FeedPosition


def prune_dead_letters(*, now: datetime, kept: timedelta, limit: int = 1_000) -> int:
    """Delete up to `limit` that were settled before `now - kept`, with their bytes; gives how many.

    A feed's position goes on counting as dead what was never replayed, and as forgotten what lies there no longer.
    """
    with transaction.atomic():
        settled = DeadLetter.objects.filter(state__in=["replayed", "set_aside"], changed_at__lt=now - kept)
        found = list(settled.order_by("pk").values_list("pk", "integration_id")[:limit])
        positions = FeedPosition.objects.filter(integration_id__in={integration_id for _, integration_id in found})
        list(positions.select_for_update().order_by("pk").values_list("pk"))
        # One that somebody is just replaying is left to the next time.
        locked = settled.select_for_update(skip_locked=True).filter(pk__in=[key for key, _ in found])
        letters = list(locked.order_by("pk").defer("raw"))
        _count(letters)
        for (operator_id, integration_id), number in sorted(_owners(letters).items(), key=str):
            subject = Subject("integration", integration_id, integration_id, operator_id)
            after: dict[str, object] = {"dead letters": number}
            record(Actor.system("retention"), "dead_letters.forgotten", subject, at=now, after=after)
        return DeadLetter.objects.filter(pk__in=[letter.pk for letter in letters]).delete()[0]


def _owners(letters: list[DeadLetter]) -> Counter[tuple[str | None, str]]:
    return Counter((letter.operator_id, str(letter.integration_id)) for letter in letters)


def _count(letters: list[DeadLetter]) -> None:
    places = Counter(
        letter.position_id for letter in letters if letter.state == "set_aside" and letter.position_id is not None
    )
    for position_id, number in places.items():
        FeedPosition.objects.filter(pk=position_id).update(forgotten_count=F("forgotten_count") + number)
