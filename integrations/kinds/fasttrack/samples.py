"""Sample bets and wins for a replay and for a dry run: the same number always gives the same message."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from backoffice.core.json import encode
from integrations.kinds.base import Sample, SampleRequest
from integrations.kinds.fasttrack.decode import MESSAGE_TYPE

NAMES: Final = (
    ("generated", "Generated bets and wins, some logins and deposits"),
    ("mixed", "Generated, one in forty at fault"),
    ("documented", "The documented message and its variants"),
)
GAMES: Final = (
    ("10911", "Dead or Alive", "1", "Netent"),
    ("20417", "Book of the Nile", "4", "Play'n GO"),
    ("20533", "Pharaoh's Path", "4", "Play'n GO"),
    ("31108", "Lucky Harvest", "7", "Pragmatic Play"),
    ("40252", "Northern Lights", "9", "Quickspin"),
)
STAKES: Final = (200_000, 400_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000)
FAULT_EVERY: Final = 40
ROLLBACK_EVERY: Final = 53
# Odd, as wins are, and never a multiple of what is at fault.
OTHER_EVERY: Final = 50
LOGIN_AT: Final = 23
DEPOSIT_AT: Final = 47
_DOCUMENTED: Final = Path(__file__).with_name("documented.jsonl")


def samples(request: SampleRequest) -> Iterator[Sample]:
    """The messages of the request; a file ends, what is generated does not."""
    if request.name == "documented":
        lines = _DOCUMENTED.read_bytes().splitlines()
        for line in lines[request.offset : request.offset + request.count]:
            yield _from_line(line)
        return
    for number in range(request.offset, request.offset + request.count):
        body = _message(request, number)
        fault = (
            number % (FAULT_EVERY * 4) // FAULT_EVERY
            if request.name == "mixed" and number % FAULT_EVERY == 39
            else None
        )
        if fault is not None:
            yield _spoilt(body, fault)
        else:
            yield _other(number, body) or Sample(MESSAGE_TYPE, encode(body))


def _from_line(line: bytes) -> Sample:
    entry = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    return Sample(msgspec.json.decode(entry["type"], type=str), bytes(entry["body"]))


def _message(request: SampleRequest, number: int) -> dict[str, Any]:
    """A round has two messages: its bet, then its win (of nothing, mostly), or the rollback of the bet."""
    round_number, is_second = divmod(number, 2)
    dice = hashlib.sha256(f"{request.series}:{round_number}".encode()).digest()
    origins = [line["origin"] for line in request.settings["brands"]]
    game_id, game_name, vendor_id, vendor_name = GAMES[dice[0] % len(GAMES)]
    stake = STAKES[dice[1] % len(STAKES)]
    is_rollback = bool(is_second) and round_number % ROLLBACK_EVERY == 0
    is_win = bool(is_second) and not is_rollback
    won = stake * dice[2] // 64 if dice[3] < 70 else 0
    amount = msgspec.Raw(_units(won if is_win else stake))
    return {
        "activity_id": f"{request.series}-{round_number:09d}{'w' if is_win else 'b'}",
        "amount": amount,
        "bonus_wager_amount": 0,
        "currency": "EUR",
        "exchange_rate": 1,
        "game_id": game_id,
        "game_name": game_name,
        "game_type": "Slots",
        "is_round_end": bool(is_second),
        "locked_wager_amount": 0,
        "origin": origins[dice[4] % len(origins)],
        "round_id": f"{request.series}-{round_number:09d}",
        "status": "Rollback" if is_rollback else "Approved",
        "timestamp": request.instant.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "type": "Win" if is_win else "Bet",
        "user_id": f"player_{int.from_bytes(dice[5:9], 'big') % request.player_count + 1:05d}",
        "vendor_id": vendor_id,
        "vendor_name": vendor_name,
        "wager_amount": amount,
    }


def _other(number: int, body: dict[str, Any]) -> Sample | None:
    """Now and then a login or an approved deposit in the place of a win."""
    common = {name: body[name] for name in ("user_id", "origin", "timestamp")}
    if number % OTHER_EVERY == LOGIN_AT:
        return Sample(
            "LOGIN_V2", encode({**common, "ip_address": "", "user_agent": "Sample", "is_impersonated": False})
        )
    if number % OTHER_EVERY != DEPOSIT_AT:
        return None
    deposit = {
        "amount": 20, "currency": "EUR", "exchange_rate": 1, "fee_amount": 0, "payment_id": body["activity_id"],
        "status": "Approved", "type": "Credit", "vendor_id": "562", "vendor_name": "Skrill",
    }  # fmt: skip
    return Sample("PAYMENT", encode(common | deposit))


def _spoilt(body: dict[str, Any], fault: int) -> Sample:
    if fault == 0:
        body["origin"] = "unknown.example.com"
    elif fault == 1:
        body["wager_amount"] = 999
    elif fault == 2:
        body.pop("currency")
    else:
        return Sample("LOTTERY_V2", encode({"user_id": body["user_id"], "origin": body["origin"]}))
    return Sample(MESSAGE_TYPE, encode(body))


def _units(micros: int) -> bytes:
    units, rest = divmod(micros, 1_000_000)
    return f"{units}.{rest:06d}".encode()


def example(settings: dict[str, Any], instant: datetime) -> list[Sample]:
    """A few messages that show a dry run at work: a bet, its win, and what goes wrong."""
    request = SampleRequest("generated", "example", settings, 0, 2, instant)
    faulty = SampleRequest("mixed", "example", settings, FAULT_EVERY - 1, 1, instant)
    return [*samples(request), *samples(faulty)]
