"""CASINO: a bet or a win, as documented field by field."""

import hashlib
from decimal import Decimal
from typing import Final

from integrations.kinds.fasttrack.fields import (
    MAX_ID,
    MAX_NAME,
    Bad,
    Body,
    base_micros,
    boolean,
    choice,
    currency,
    id_text,
    meta,
    money,
    optional_money,
    optional_text,
    required,
    text,
)
from integrations.kinds.fasttrack.mapped import Mapped
from integrations.wire.casino import OWN_JACKPOT, CasinoActivity
from integrations.wire.decoded import Decoded

PARTS: Final = ("bonus_wager_amount", "wager_amount", "locked_wager_amount")


def read_casino(body: Body, mapped: Mapped) -> Decoded:
    """The activity; Bad where there is none."""
    activity = _activity(body, mapped)
    return Decoded(
        key=activity.activity_id,
        variant=f"{activity.kind}:{'rollback' if activity.is_rollback else 'approved'}",
        digest=_digest(activity),
        content=activity,
        filtered=OWN_JACKPOT if mapped.is_own(activity.game_id, activity.vendor_id) else None,
    )


def _activity(body: Body, mapped: Mapped) -> CasinoActivity:
    brand_id, origin = mapped.brand(body)
    vendor_id = id_text(body, "vendor_id")
    game_id = text(body, "game_id", MAX_ID)
    happened_at, is_repaired = mapped.instant(body)
    told = meta(body)
    amount, bonus = _amounts(body)
    kind, is_loss = choice(body, "type", _TYPES, "UNKNOWN_TYPE")
    if is_loss and amount:
        raise Bad("INVALID_AMOUNT", "amount of a Loss must be 0.")
    return CasinoActivity(
        activity_id=text(body, "activity_id", MAX_ID),
        kind=kind,
        is_rollback=choice(body, "status", _STATUSES, "UNKNOWN_STATUS"),
        brand_id=brand_id,
        player_id=mapped.player(body),
        player_country=mapped.country(told),
        round_id=text(body, "round_id", MAX_ID),
        game_id=game_id,
        game_name=text(body, "game_name", MAX_NAME),
        game_type=optional_text(body, "game_type", MAX_NAME),
        vendor_id=vendor_id,
        vendor_name=text(body, "vendor_name", MAX_NAME),
        currency=currency(body),
        amount_micros=amount,
        bonus_micros=bonus,
        base_micros=base_micros(amount, body),
        balance_before_micros=optional_money(body, "balance_before", may_be_negative=True),
        balance_after_micros=optional_money(body, "balance_after", may_be_negative=True),
        is_round_end=boolean(body, "is_round_end") or is_loss or (kind == "win" and not amount),
        happened_at=happened_at,
        is_timestamp_repaired=is_repaired,
        meta=told,
        source_id=mapped.source(origin, vendor_id, game_id),
    )


# A Loss, or a win of nothing, says that the round is over, and is the same to us.
_TYPES: Final = {"Bet": ("bet", False), "Win": ("win", False), "Loss": ("win", True)}
_STATUSES: Final = {"Approved": False, "Rollback": True}


def _amounts(body: Body) -> tuple[int, int]:
    """The amount, proved by its parts where any is there, and how much of it was bonus money."""
    amount = money(required(body, "amount"), "amount")
    given = {name: money(body[name], name) for name in PARTS if body.get(name) is not None}
    if given and sum(given.values()) != amount:
        raise Bad("AMOUNT_MISMATCH", "amount is not the sum of the bonus, wager and locked parts.")
    return amount, given.get("bonus_wager_amount", 0)


def _digest(activity: CasinoActivity) -> bytes:
    # Over what was said, not over how it was written: 10.0 and 10.00 are the same content.
    values = [getattr(activity, name) for name in _CONTENT]
    told = sorted(
        (key, type(value).__name__, repr(value.as_integer_ratio() if isinstance(value, Decimal) else value))
        for key, value in activity.meta.items()
    )
    return hashlib.sha256(repr((values, told)).encode()).digest()


_CONTENT: Final = tuple(
    name
    for name in CasinoActivity.__struct_fields__
    if name not in {"meta", "source_id", "player_country", "is_timestamp_repaired"}
)
