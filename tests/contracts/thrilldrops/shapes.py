"""The eight events with the fields that their documents give them, and ways to send one."""

from typing import Any

import msgspec

from integrations.kinds.thrilldrops.decode import ThrillDropsDecoder
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.players import PlayerMessage
from integrations.wire.raw import RawMessage, digest_of

BRANDS = ("thrilltech:brand1", "thrilltech:brand2")
AT_MS = 1_715_714_218_408
SECRET = "a-session-token-of-the-player"

EXTERNAL: dict[str, dict[str, Any]] = {
    "PlayerLogin": {
        "channel_type": "DesktopWeb", "currency": "EUR", "country": "MT", "jurisdiction": "MGA",
        "session_token": SECRET,
    },
    "PlayerLogout": {"channel_type": "MobileNative"},
    "Transaction": {
        "provider_id": "netent", "game_id": "10911", "gameround_id": "1000", "bet_transaction_id": "b-1",
        "currency": "EUR", "game_bet": 10, "bonus_bet": 2.5, "real_bet": 7.5, "jackpot_bet": 0.1,
        "win_transaction_id": "w-1", "game_win": 25, "jackpot_win": 0, "is_free_spin": False, "round_finished": True,
    },
    "Deposit": {"method_id": "card", "currency": "EUR", "amount": 50, "balance_after": 120.75},
    "Withdrawal": {"method_id": "bank", "currency": "EUR", "amount": 20, "balance_after": 100.75},
}  # fmt: skip
INTERNAL: dict[str, dict[str, Any]] = {
    "ThrillPotsWinEvent": {
        "jackpot_id": "j-1", "instance_id": "i-1", "pot_id": "mega", "player_brand_id": "thrilltech:brand1",
        "player_id": "player_00001", "currency": "EUR", "amount": 1000.5, "game_id": "10911", "contribution": 0.1,
        "contribution_currency": "EUR", "payout_type": "Main",
    },
    "ThrillPotsRaffleWinEvent": {
        "raffle_id": "r-1", "instance_id": "i-2", "prize_id": "1", "player_brand_id": "thrilltech:brand1",
        "player_id": "player_00001", "currency": "EUR", "amount": 100,
    },
    "ThrillPotsOptInEvent": {
        "player_brand_id": "thrilltech:brand1", "player_id": "player_00001", "jackpot_id": "j-1", "currency": "EUR",
        "contribution": 0.2,
    },
}  # fmt: skip
NULLABLE = {
    "PlayerLogin": ("country", "jurisdiction", "session_token"),
    "PlayerLogout": (),
    "Transaction": ("bet_transaction_id", "win_transaction_id"),
    "Deposit": ("balance_after",),
    "Withdrawal": ("balance_after",),
    "ThrillPotsWinEvent": ("game_id", "contribution", "contribution_currency", "payout_type"),
    "ThrillPotsRaffleWinEvent": (),
    "ThrillPotsOptInEvent": ("contribution",),
}


def event(tag: str, *, name: Any = None, without: Any = (), **changes: Any) -> dict[str, Any]:
    """The event in its envelope, under its tag or another name; `changes` are of its fields."""
    fields = {**EXTERNAL, **INTERNAL}[tag] | changes
    kept = {field: value for field, value in fields.items() if field not in without}
    return {
        "operator_id": "thrilltech", "brand_id": "brand1", "player_id": "player_00001", "timestamp": AT_MS,
        "event_type": {name or tag: kept},
    }  # fmt: skip


def read(body: dict[str, Any] | bytes, *, is_ours: bool = False, **values: Any) -> Decoded | Fault:
    """What the decoder makes of the message."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    offset = digest_of(content, None).hex()
    raw = RawMessage(body=content, topic="drops", offset=offset, is_ours=is_ours, **values)
    return ThrillDropsDecoder(BRANDS).decode(raw)


def decoded(body: dict[str, Any] | bytes, **values: Any) -> tuple[Decoded, PlayerMessage]:
    """Understood, or the test fails."""
    reading = read(body, **values)
    assert isinstance(reading, Decoded), reading
    assert isinstance(reading.content, PlayerMessage)
    return reading, reading.content


def fault(body: dict[str, Any] | bytes, **values: Any) -> tuple[str, str]:
    """The reason code and the field, or the test fails."""
    reading = read(body, **values)
    assert isinstance(reading, Fault), reading
    assert reading.detail or not reading.field
    return reading.code, reading.field
