"""Send a dead letter again: the same bytes through the same path, under its old identity."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.kinds.registry import kind_of
from integrations.models import DeadLetter, FeedPosition, Integration, IntegrationState
from integrations.operations.settle_messages import Feed, settle_messages
from integrations.operations.tally_messages import tally_messages
from integrations.queries.dead_letters import message_of
from integrations.queries.integrations import brands_of
from integrations.wire.outcomes import Item, Outcome


def replay_dead_letter(
    dead_letter_id: int, *, scope: Scope, actor: Actor, now: datetime, through: UUID | None = None
) -> tuple[DeadLetter, Outcome]:
    """The dead letter as it stands now, and what became of the message.

    Where it is still of no use it goes on waiting, with one attempt more and the reason of today. `through` names
    another connected integration of the same operator and kind, whose mapping is used instead.
    Refusal(NOT_FOUND) out of scope; Refusal(FORBIDDEN) where either integration serves brands that are not the
    viewer's; Refusal(INVALID_REQUEST) where it was replayed or nothing is connected.
    """
    with transaction.atomic():
        letter = scope.rows(DeadLetter.objects.select_for_update()).filter(pk=dead_letter_id).first()
        if letter is None:
            raise Refusal("NOT_FOUND", "There is no such dead letter.")
        if letter.state == "replayed":
            raise Refusal("INVALID_REQUEST", "It was replayed already.")
        scope.check_change_of(brands_of(letter.integration))
        integration = _integration(letter, through)
        scope.check_change_of(brands_of(integration))
        _lock(letter, integration)
        feed = Feed(integration.operator_id, integration.pk, integration.kind, now)
        decoder = kind_of(integration.kind).decoder(integration.settings["kind"])
        raw = message_of(letter)
        outcome = settle_messages(feed, [Item(raw, decoder.decode(raw))], one_by_one=True)[0]
        _settle(letter, outcome, actor, now)
    return letter, outcome


def _integration(letter: DeadLetter, through: UUID | None) -> Integration:
    own = letter.integration
    if own is None:
        raise Refusal("INVALID_REQUEST", "It belongs to no integration.")
    candidates = Integration.objects.filter(operator_id=own.operator_id, kind=own.kind, state=IntegrationState.ACTIVE)
    chosen = candidates.filter(pk=through or own.pk).first()
    if chosen is None:
        raise Refusal("INVALID_REQUEST", "The integration is not connected; choose one that is.", "through")
    return chosen


def _lock(letter: DeadLetter, integration: Integration) -> None:
    """The positions of both integrations, as the feeds lock them: nothing is settled beside us."""
    wanted = {found for found in (letter.integration_id, integration.pk) if found is not None}
    list(FeedPosition.objects.select_for_update().filter(integration_id__in=wanted).order_by("pk").values_list("pk"))


def _settle(letter: DeadLetter, outcome: Outcome, actor: Actor, now: datetime) -> None:
    before: dict[str, object] = {"state": letter.state, "reason": letter.reason}
    former = letter.reason
    letter.attempts += 1
    letter.changed_at = now
    letter.changed_by = actor.name
    if outcome.bucket == "dead":
        letter.reason, letter.detail, letter.is_unsupported = outcome.code, outcome.detail, outcome.is_unsupported
    else:
        letter.state, letter.replay_code = "replayed", outcome.code
    letter.save(
        update_fields=[
            "state",
            "reason",
            "detail",
            "is_unsupported",
            "attempts",
            "replay_code",
            "changed_at",
            "changed_by",
        ]
    )
    _recount(letter, former, outcome, now)
    after: dict[str, object] = {"state": letter.state, "outcome": outcome.bucket, "code": outcome.code}
    name = f"{former} {letter.topic} {letter.offset[:12]}"
    subject = Subject("dead_letter", str(letter.pk), name, letter.operator_id)
    record(actor, "dead_letter.replayed", subject, at=now, before=before, after=after)


def _recount(letter: DeadLetter, former: str, outcome: Outcome, now: datetime) -> None:
    """What was counted as dead is counted as what it has become."""
    if letter.integration is None or letter.operator_id is None:
        return
    feed = Feed(letter.operator_id, letter.integration.pk, letter.integration.kind, now)
    counts: Counter[tuple[str, str]] = Counter()
    counts["dead", former] -= 1
    counts[outcome.bucket, outcome.code] += 1
    tally_messages(feed, counts)
    if outcome.bucket == "dead":
        return
    column = {"used": "used_count", "filtered": "filtered_count", "refused": "refused_count"}[outcome.bucket]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE integrations_feedposition SET dead_count = dead_count - 1, {column} = {column} + 1
            WHERE id = %s
            """,  # noqa: S608 - the name is one of three constants
            [letter.position_id],
        )
