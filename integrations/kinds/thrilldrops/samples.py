"""Sample events for a replay and for a dry run: the same number always gives the same message."""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from backoffice.core.clock import epoch_ms
from backoffice.core.json import encode
from integrations.kinds.base import Sample, SampleRequest
from integrations.kinds.thrilldrops.events import CHANNELS

NAMES: Final = (("generated", "Generated sessions of players"), ("mixed", "Generated, one in forty at fault"))
FAULT_EVERY: Final = 40
GAMES: Final = (("netent", "10911"), ("playngo", "20417"), ("pragmatic", "31108"))
STAKES: Final = (200_000, 500_000, 1_000_000, 5_000_000)
# A session is as long as this: in, money in, rounds, money out, out.
SESSION: Final = ("PlayerLogin", "Deposit", *("Transaction",) * 5, "Withdrawal", "PlayerLogout")


def samples(request: SampleRequest) -> Iterator[Sample]:
    """The messages of the request, which never end."""
    for number in range(request.offset, request.offset + request.count):
        body = _message(request, number)
        if request.name == "mixed" and number % FAULT_EVERY == FAULT_EVERY - 1:
            _spoil(body, number % (FAULT_EVERY * 4) // FAULT_EVERY)
        yield Sample(None, encode(body))


def _message(request: SampleRequest, number: int) -> dict[str, Any]:
    session, step = divmod(number, len(SESSION))
    dice = hashlib.sha256(f"{request.series}:{session}".encode()).digest()
    brands = request.settings["brands"]
    brand_id = brands[dice[0] % len(brands)]
    tag = SESSION[step]
    return {
        "operator_id": brand_id.partition(":")[0],
        "brand_id": brand_id,
        "player_id": f"player_{int.from_bytes(dice[1:5], 'big') % request.player_count + 1:05d}",
        "timestamp": epoch_ms(request.instant),
        "event_type": {tag: _event(tag, f"{request.series}-{number:09d}", dice, step)},
    }


def _event(tag: str, name: str, dice: bytes, step: int) -> dict[str, Any]:
    channel = {"channel_type": CHANNELS[dice[5] % 4]}
    if tag == "PlayerLogin":
        return channel | {"currency": "EUR", "country": "MT", "jurisdiction": "MGA", "session_token": None}
    if tag == "PlayerLogout":
        return channel
    stake = STAKES[dice[6] % len(STAKES)]
    if tag != "Transaction":
        return {"method_id": "card", "currency": "EUR", "amount": _units(stake * 20), "balance_after": None}
    provider_id, game_id = GAMES[dice[7] % len(GAMES)]
    won = stake * dice[8 + step] // 64 if dice[8 + step] > 160 else 0
    return {
        "provider_id": provider_id,
        "game_id": game_id,
        "gameround_id": name,
        "bet_transaction_id": f"{name}b",
        "currency": "EUR",
        "game_bet": _units(stake),
        "bonus_bet": 0,
        "real_bet": _units(stake),
        "jackpot_bet": 0,
        "win_transaction_id": f"{name}w" if won else None,
        "game_win": _units(won),
        "jackpot_win": 0,
        "is_free_spin": False,
        "round_finished": True,
    }


def _spoil(body: dict[str, Any], fault: int) -> None:
    ((_tag, event),) = body["event_type"].items()
    if fault == 0:
        body["brand_id"] = f"{body['operator_id']}:unknown"
    elif fault == 1:
        event["channel_type"] = "Telephone"
    elif fault == 2:
        body["timestamp"] = 7
    else:
        body["event_type"] = {"PlayerBirthday": event}


def _units(micros: int) -> msgspec.Raw:
    units, rest = divmod(micros, 1_000_000)
    return msgspec.Raw(f"{units}.{rest:06d}".encode())
