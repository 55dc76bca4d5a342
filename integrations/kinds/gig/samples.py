"""Sample messages for a replay and a dry run: the same number always gives the same message."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from backoffice.core.json import encode, json_number
from integrations.kinds.base import Sample, SampleRequest
from integrations.kinds.gig.settings import GigSettings, read_settings
from integrations.kinds.gig.tables import STREAM
from integrations.wire.envelopes import put_at

NAMES: Final = (
    ("generated", "Generated events of customers"),
    ("mixed", "Generated, one in forty at fault"),
)
FAULT_EVERY: Final = 40
_FIRST_NAMES: Final = ("Alma", "Bruno", "Chioma", "Dario", "Elin", "Farid", "Grace", "Hugo")
_TAGS: Final = ("vip", "new", "sports", "slots", "dormant")
# One of each, and more of what happens more often; the first message of all creates a customer.
_MIX: Final = (
    *("Customer Created",) * 2, *("Customer Balance",) * 6, *("Game Activity",) * 6, *("Payment - Deposit",) * 4,
    *("Payment - Withdrawal",) * 2, *("Sport Activity",) * 3, *("Bonus",) * 2, "Customer Blocks", "Customer Consent",
    "Customer FPP", "Customer Tag", "Customer Verified",
)  # fmt: skip


def samples(request: SampleRequest) -> Iterator[Sample]:
    """The messages of the request; they do not end."""
    settings = read_settings(request.settings)
    for number in range(request.offset, request.offset + request.count):
        body: Any = _message(request, settings, number)
        if request.name == "mixed" and number % FAULT_EVERY == FAULT_EVERY - 1:
            body = _spoilt(body, settings, number // FAULT_EVERY % 4)
        yield Sample(STREAM, encode(body), topic=settings.topics[0])


def _message(request: SampleRequest, settings: GigSettings, number: int) -> dict[str, Any]:
    dice = hashlib.sha256(f"{request.series}:{number}".encode()).digest()
    player = int.from_bytes(dice[:4], "big") % request.player_count + 1
    at_ms = int(request.instant.timestamp()) * 1_000 + number % 1_000
    event = _MIX[dice[4] % len(_MIX) if number else 0]
    body: dict[str, Any] = {"event_id": f"{request.series}-{number:09d}"}
    paths = settings.paths
    put_at(body, settings.tenant_path, settings.tenant_id)
    put_at(body, paths.event, event)
    put_at(body, paths.identifier, _identifier(settings, player))
    put_at(body, paths.timestamp, at_ms)
    put_at(body, paths.value, _value(event, dice, player, at_ms))
    return body


def _identifier(settings: GigSettings, player: int) -> str:
    return {
        "player_id": f"player_{player:05d}",
        "email": f"player_{player:05d}@example.com",
        "mobile_number": f"+356{player:08d}",
    }[settings.identifier]


def _value(event: str, dice: bytes, player: int, at_ms: int) -> dict[str, Any]:
    money = json_number(int.from_bytes(dice[5:7], "big") * 10_000)
    total = json_number(int.from_bytes(dice[5:8], "big") * 10_000)
    local = datetime.fromtimestamp(at_ms // 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    made: dict[str, dict[str, Any]] = {
        "Bonus": {"lifetime_bonus_amount": total},
        "Customer Balance": {"balance": money, "currency": "EUR"},
        "Customer Blocks": {"blocked": dice[8] < 16, "self_excluded": dice[9] < 16},
        "Customer Consent": {"consent_email": dice[8] > 40, "consent_sms": dice[9] > 90, "consent_push": dice[10] > 90},
        "Customer Created": {
            "first_name": _FIRST_NAMES[dice[8] % len(_FIRST_NAMES)],
            "last_name": f"Sample {player}",
            "email": f"player_{player:05d}@example.com",
            "account_creation_datetime_local": local,
        },
        "Customer FPP": {"fpp": dice[8]},
        "Customer Tag": {"tags": {_TAGS[dice[8] % len(_TAGS)]: dice[9] > 60}},
        "Customer Verified": {"verified": True, "account_verification_datetime_local": local},
        "Game Activity": {"casino_lifetime_win": total},
        "Payment - Deposit": {
            "deposit_count": dice[8] + 1,
            "last_deposit_amount": money,
            "lifetime_deposit_amount": total,
            "last_deposit_date": at_ms,
        },
        "Payment - Withdrawal": {
            "withdrawal_count": dice[8] + 1,
            "last_withdrawal_amount": money,
            "lifetime_withdrawal_amount": total,
            "last_withdrawal_date": at_ms,
        },
        "Sport Activity": {"sports_lifetime_win": total},
    }
    return made[event]


def _spoilt(body: dict[str, Any], settings: GigSettings, fault: int) -> Any:
    """What goes wrong: nobody is named, the time is none, the value is none, the whole is no object."""
    if fault == 3:
        return [body]
    paths = settings.paths
    path, value = ((paths.identifier, None), (paths.timestamp, "soon"), (paths.value, "lost"))[fault]
    put_at(body, path, value)
    return body
