"""Tell the profiles of players of sessions that ended and of figures that changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max

from backoffice.core.bulk import run_bulk
from backoffice.core.money import decimal_from_micros
from integrations.kinds.fasttrack import names
from integrations.kinds.fasttrack.fields import epoch_ms
from integrations.kinds.fasttrack.figures import attributes_of
from integrations.models import GameSession, Integration, PlayerBonus, PlayerFigures
from integrations.operations.build_game_sessions import PlayerKey
from integrations.operations.build_player_figures import LASTS
from integrations.operations.settle_messages import Feed
from integrations.operations.take_player_messages import take_player_messages
from integrations.wire.decoded import Decoded
from integrations.wire.players import AttributeValue, PlayerMessage


@dataclass(frozen=True)
class Telling:
    """What is due: sessions silent for longer than `gap`; figures of `urgent` players, of those whose session ended,
    and of others that were not told for as long as `told_every`."""

    now: datetime
    gap: timedelta
    told_every: timedelta
    urgent: frozenset[PlayerKey]


def tell_player_figures(rows: Mapping[PlayerKey, PlayerFigures], telling: Telling) -> None:
    """Hand over what is due in the running transaction, figures before the sessions that they go with.

    The rows are set and not written; they and their sessions must be locked.
    """
    ended = _ended(list(rows), telling)
    told: dict[UUID, list[PlayerMessage]] = {}
    for key in sorted(rows):
        row, sessions = rows[key], ended.get(key, [])
        messages = told.setdefault(row.integration_id, [])
        dated_at = None
        if row.is_untold and (key in telling.urgent or sessions or _is_due(row, telling)):
            dated_at = _dated(row, telling.now)
            row.is_untold, row.told_at = False, telling.now
        if dated_at is not None:
            row.dated_at = dated_at
            messages.append(_message(key, names.FIGURES, row.dated_at, attributes=attributes_of(row)))
        messages += [_session_ended(key, session) for session in sessions]
    _hand_over({integration_id: messages for integration_id, messages in told.items() if messages}, telling.now)


def _dated(row: PlayerFigures, now: datetime) -> datetime | None:
    """When the last thing happened that the figures count, and always later than the time before; None where they count
    nothing and were never told.

    Of a player who was erased they tell nothing that happened since; dated now they would bring the profile back.
    """
    known = [at for at in (getattr(row, name) for name in (*LASTS, "last_login_at")) if at is not None]
    newest = min(max(known), now) if known else _last_bonus_at(row, now)
    if row.dated_at is None:
        return newest
    later = row.dated_at + timedelta(milliseconds=1)
    return later if newest is None else max(newest, later)


def _last_bonus_at(row: PlayerFigures, now: datetime) -> datetime | None:
    own = PlayerBonus.objects.filter(operator_id=row.operator_id, brand_id=row.brand_id, player_id=row.player_id)
    last: datetime | None = own.aggregate(last=Max("last_at"))["last"]
    return None if last is None else min(last, now)


def _is_due(row: PlayerFigures, telling: Telling) -> bool:
    return row.told_at is None or row.told_at <= telling.now - telling.told_every


def _ended(keys: list[PlayerKey], telling: Telling) -> dict[PlayerKey, list[GameSession]]:
    columns = [[*column] for column in zip(*keys, strict=True)]
    ids = [row[0] for row in run_bulk(_TELL, [telling.now, *columns, telling.now - telling.gap])]
    ended: dict[PlayerKey, list[GameSession]] = {}
    for session in GameSession.objects.filter(pk__in=ids).order_by("started_at") if ids else []:
        ended.setdefault((session.operator_id, session.brand_id, session.player_id), []).append(session)
    return ended


def _session_ended(key: PlayerKey, session: GameSession) -> PlayerMessage:
    bet, won = int(session.bet_base_micros), int(session.win_base_micros)
    properties = {
        "started_at": names.instant_text(session.started_at),
        "ended_at": names.instant_text(session.last_at),
        "round_count": session.round_count,
        "bet_count": session.bet_count,
        "bet_amount": decimal_from_micros(bet),
        "win_count": session.win_count,
        "win_amount": decimal_from_micros(won),
        "net_amount": decimal_from_micros(bet - won),
    }
    return _message(key, names.SESSION_ENDED, session.last_at, properties=properties)


def _message(
    key: PlayerKey,
    event: str,
    at: datetime,
    *,
    properties: dict[str, object] | None = None,
    attributes: dict[str, AttributeValue] | None = None,
) -> PlayerMessage:
    return PlayerMessage(
        brand_id=key[1],
        identifier="player_id",
        identifier_value=key[2],
        event=event,
        topic=names.TOPICS[event],
        happened_at_ms=epoch_ms(at),
        properties=properties or {},
        attributes=attributes or {},
    )


def _hand_over(told: Mapping[UUID, list[PlayerMessage]], now: datetime) -> None:
    integrations = Integration.objects.in_bulk(list(told)) if told else {}
    for integration_id in sorted(told):
        integration = integrations[integration_id]
        feed = Feed(integration.operator_id, integration.pk, integration.kind, now)
        take_player_messages(
            feed, [Decoded(key="", variant="", digest=b"", content=message) for message in told[integration_id]]
        )


_TELL: Final = """
    UPDATE integrations_gamesession s SET told_at = %b
    FROM unnest(%b::text[], %b::text[], %b::text[]) AS k (operator_id, brand_id, player_id)
    WHERE s.operator_id = k.operator_id AND s.brand_id = k.brand_id AND s.player_id = k.player_id
        AND s.told_at IS NULL AND s.last_at < %b
    RETURNING s.id
"""
