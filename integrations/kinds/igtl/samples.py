"""Sample messages of all four streams for a replay and a dry run: the same number always gives the same message."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from backoffice.core.json import encode, json_number
from integrations.kinds.base import Sample, SampleRequest
from integrations.kinds.igtl.settings import IgtlSettings, read_settings
from integrations.kinds.igtl.tables import COMMAND, EDRAW, LINK, PDP, SECOND_CHANCE
from integrations.wire.envelopes import put_at

NAMES: Final = (
    ("generated", "Generated events of players, a summary of draws, link tokens"),
    ("mixed", "Generated, one in forty at fault"),
)
FAULT_EVERY: Final = 40
EDRAW_EVERY: Final = 200
STATES: Final = ("TX", "NJ", "NY", "GA", "RI")
NAMES_OF_PLAYERS: Final = ("Alma", "Bruno", "Chioma", "Dario", "Elin", "Farid", "Grace", "Hugo")
PREFERENCE_NAMES: Final = ("news", "offers", "draw_results")


@dataclass(frozen=True)
class _Draft:
    """What a message is made of: whose, when, and dice that its number decides."""

    player: int
    at_ms: int
    dice: bytes
    number: int

    def money(self, index: int) -> Any:
        return json_number(int.from_bytes(self.dice[index : index + 2], "big") * 10_000)

    def choice(self, index: int, items: tuple[str, ...]) -> str:
        return items[self.dice[index] % len(items)]


def samples(request: SampleRequest) -> Iterator[Sample]:
    """The messages of the request; they do not end. The first is a registration, a summary of draws comes soon."""
    settings = read_settings(request.settings)
    for number in range(request.offset, request.offset + request.count):
        stream, body = _message(request, settings, number)
        is_faulty = request.name == "mixed" and number % FAULT_EVERY == FAULT_EVERY - 1
        sent = _spoilt(body, settings, number // FAULT_EVERY % 4) if is_faulty else body
        yield Sample(stream, encode(sent), topic=_topic(settings, stream))


def _topic(settings: IgtlSettings, stream: str) -> str:
    return next(topic.name for topic in settings.topics if topic.stream == stream)


def _message(request: SampleRequest, settings: IgtlSettings, number: int) -> tuple[str, dict[str, Any]]:
    dice = hashlib.sha256(f"{request.series}:{number}".encode()).digest()
    at_ms = int(request.instant.timestamp()) * 1_000 + number % 1_000
    draft = _Draft(int.from_bytes(dice[:4], "big") % request.player_count, at_ms, dice, number)
    if number % EDRAW_EVERY == 2:
        return EDRAW, _edraw(draft)
    if not settings.is_command_connected:
        return SECOND_CHANCE, _wrapped(settings, request, draft, "", _link_token(draft))
    stream, event, make = _MIX[dice[4] % len(_MIX) if number else 0]
    return stream, _wrapped(settings, request, draft, event, make(draft))


def _wrapped(
    settings: IgtlSettings, request: SampleRequest, draft: _Draft, event: str, value: dict[str, Any]
) -> dict[str, Any]:
    """The parts where the settings look for them."""
    body: dict[str, Any] = {"event_id": f"{request.series}-{draft.number:09d}"}
    paths = settings.paths
    if event:
        put_at(body, paths.event, event)
    put_at(body, paths.identifier, _identifier(settings, draft))
    put_at(body, paths.timestamp, draft.at_ms)
    put_at(body, paths.value, value)
    return body


def _identifier(settings: IgtlSettings, draft: _Draft) -> str:
    return {"player_id": _player_id, "email": _email, "mobile_number": _mobile}[settings.identifier](draft)


def _player_id(draft: _Draft) -> str:
    return f"player_{draft.player + 1:05d}"


def _email(draft: _Draft) -> str:
    return f"player_{draft.player + 1:05d}@example.com"


def _mobile(draft: _Draft) -> str:
    return f"+1555{draft.player + 1:07d}"


def _registration(draft: _Draft) -> dict[str, Any]:
    return {
        "first_name": draft.choice(5, NAMES_OF_PLAYERS),
        "account_status": "ACTIVE",
        "wallet_status": "OPEN",
        "mobile_number": _mobile(draft),
        "email": _email(draft),
        "dob": f"{1950 + draft.dice[6] % 50}-{draft.dice[7] % 12 + 1:02d}-{draft.dice[8] % 28 + 1:02d}",
        "registration_level": "FULL",
        "registration_date": draft.at_ms,
        "state": draft.choice(9, STATES),
    }


def _login(draft: _Draft) -> dict[str, Any]:
    return {"last_login_date": draft.at_ms, "first_login_date": draft.at_ms - 86_400_000}


def _deposit(draft: _Draft) -> dict[str, Any]:
    return {
        "current_account_balance": draft.money(5),
        "bonus_balance": draft.money(7),
        "last_deposit_date": draft.at_ms,
    }


def _wager(draft: _Draft) -> dict[str, Any]:
    return _win(draft) | {"last_wager_date": draft.at_ms}


def _win(draft: _Draft) -> dict[str, Any]:
    return {
        "current_account_balance": draft.money(5),
        "bonus_balance": draft.money(7),
        "bonus_bag_balance": draft.money(9),
    }


def _preferences(draft: _Draft) -> dict[str, Any]:
    """All of them, as Command sends whenever one has changed."""
    return {
        "notification_preferences": {
            channel: {name: bool(draft.dice[10 + row * 3 + column] & 3) for column, name in enumerate(PREFERENCE_NAMES)}
            for row, channel in enumerate(("email", "sms", "push"))
        }
    }


def _lifetime(draft: _Draft) -> dict[str, Any]:
    return {
        "first_deposit_date": draft.at_ms - 172_800_000,
        "first_wager_date": draft.at_ms - 86_400_000,
        "lifetime_deposits": draft.money(5),
        "lifetime_wagers": draft.money(7),
        "lifetime_wins": draft.money(9),
    }


def _link_token(draft: _Draft) -> dict[str, Any]:
    return {LINK: draft.dice[12:24].hex()}


def _edraw(draft: _Draft) -> dict[str, Any]:
    day_ms = draft.at_ms - draft.at_ms % 86_400_000
    numbers = sorted({byte % 49 + 1 for byte in draft.dice[5:16]})[:6]
    draw = {"drawNumber": 40 + draft.number // EDRAW_EVERY, "drawSchedule": {"drawTime": day_ms + 75_600_000}}
    upcoming = {"nextDraw ": {"productId ": 8, **draw}, "estimatedJackpot": 50_000 + draft.dice[16] * 1_000}
    results = [
        {"draw ": {"productId ": 9, **draw}, "drawResultsSets ": [{"resultsSetId ": 1, "mainNumbers ": numbers}]}
    ]
    return {"summaryDay": day_ms, "drawSummaries": [upcoming, {"productId ": 9, "prevDrawsResults ": results}]}


def _spoilt(body: dict[str, Any], settings: IgtlSettings, fault: int) -> Any:
    """What goes wrong: nobody is named, the time is none, the value is none, the whole is no object."""
    if fault == 3:
        return [body]
    if "drawSummaries" in body:
        return {"summaryDay": body["summaryDay"]}
    paths = settings.paths
    path, value = ((paths.identifier, None), (paths.timestamp, "soon"), (paths.value, "lost"))[fault]
    put_at(body, path, value)
    return body


_Maker = Callable[[_Draft], dict[str, Any]]
_MIX: Final[tuple[tuple[str, str, _Maker], ...]] = (
    *((COMMAND, "player_registration", _registration),) * 2,
    *((COMMAND, "player_login", _login),) * 3,
    *((COMMAND, "igtl_player_deposit", _deposit),) * 2,
    *((COMMAND, "player_wager", _wager),) * 6,
    *((COMMAND, "player_win", _win),) * 2,
    (COMMAND, "player_update_notification_preferences", _preferences),
    (PDP, "player_update", _lifetime),
    (SECOND_CHANCE, "", _link_token),
)
