"""Strict decoding of a Fast Track message: bytes in, a casino activity or one reason code out."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from backoffice.core.json import StrictJsonError, decode_strict
from backoffice.core.money import LIMIT_MICROS, MoneyError, is_currency, micros_from_decimal, round_half_even_division
from integrations.kinds.fasttrack.settings import FastTrackSettings
from integrations.wire.casino import OWN_JACKPOT, CasinoActivity
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.raw import RawMessage
from integrations.wire.timestamps import parse_timestamp

MESSAGE_TYPE: Final = "CASINO"
PARTS: Final = ("bonus_wager_amount", "wager_amount", "locked_wager_amount")
MAX_META_MEMBERS: Final = 50
MAX_ID: Final = 128
MAX_NAME: Final = 200


class _Bad(Exception):  # noqa: N818 - carried to the one place that answers with it
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.fault = Fault(code, detail)


class FastTrackDecoder:
    """Decodes the messages of one integration; keeps its mapping ready for look-up."""

    def __init__(self, settings: FastTrackSettings) -> None:
        self._settings = settings
        self._brands = {line.origin.strip().casefold(): line.brand_id for line in settings.brands}
        self._own_games = frozenset(settings.own_games)
        self._own_vendors = frozenset(settings.own_vendors)

    def decode(self, raw: RawMessage) -> Decoded | Fault:
        """The activity, or why there is none; never an exception, whatever the bytes."""
        if raw.type is None:
            return Fault("TYPE_MISSING", "The AMQP property `type` is not set.")
        if raw.type != MESSAGE_TYPE:
            return Fault("UNSUPPORTED_TYPE", f"The type {raw.type[:60]!a} is not read here.", is_unsupported=True)
        try:
            body = decode_strict(raw.body)
            if not isinstance(body, dict):
                return Fault("NOT_AN_OBJECT", "The body is no JSON object.")
            return self._decoded(body)
        except StrictJsonError as error:
            return Fault(error.code.upper(), error.detail)
        except _Bad as bad:
            return bad.fault

    def _decoded(self, body: dict[str, Any]) -> Decoded:
        activity = self._activity(body)
        is_own = activity.game_id in self._own_games or activity.vendor_id in self._own_vendors
        return Decoded(
            key=activity.activity_id,
            variant=f"{activity.kind}:{'rollback' if activity.is_rollback else 'approved'}",
            digest=_digest(activity),
            content=activity,
            filtered=OWN_JACKPOT if is_own else None,
        )

    def _activity(self, body: dict[str, Any]) -> CasinoActivity:
        origin = _text(body, "origin", MAX_NAME)
        vendor_id = _vendor(body)
        game_id = _text(body, "game_id", MAX_ID)
        currency = _currency(body)
        happened_at, is_repaired = self._instant(body)
        meta = _meta(body)
        amount, bonus = _amounts(body)
        return CasinoActivity(
            activity_id=_text(body, "activity_id", MAX_ID),
            kind=_choice(body, "type", {"Bet": "bet", "Win": "win"}, "UNKNOWN_TYPE"),
            is_rollback=_choice(body, "status", {"Approved": False, "Rollback": True}, "UNKNOWN_STATUS"),
            brand_id=self._brand(origin),
            player_id=_text(body, "user_id", MAX_ID),
            player_country=self._country(meta),
            round_id=_text(body, "round_id", MAX_ID),
            game_id=game_id,
            game_name=_text(body, "game_name", MAX_NAME),
            game_type=_optional_text(body, "game_type", MAX_NAME),
            vendor_id=vendor_id,
            vendor_name=_text(body, "vendor_name", MAX_NAME),
            currency=currency,
            amount_micros=amount,
            bonus_micros=bonus,
            base_micros=_base(amount, body),
            balance_before_micros=_optional_money(body, "balance_before"),
            balance_after_micros=_optional_money(body, "balance_after"),
            is_round_end=_boolean(body, "is_round_end"),
            happened_at=happened_at,
            is_timestamp_repaired=is_repaired,
            meta=meta,
            source_id=self._source(origin.casefold(), vendor_id, game_id),
        )

    def _brand(self, origin: str) -> str:
        brand_id = self._brands.get(origin.casefold())
        if brand_id is None:
            raise _Bad("UNMAPPED_ORIGIN", f"No brand is mapped to the origin {origin!a}.")
        return brand_id

    def _source(self, origin: str, vendor_id: str, game_id: str) -> str | None:
        for rule in self._settings.sources:
            if (
                rule.origin.strip().casefold() in {"", origin}
                and rule.vendor_id in {"", vendor_id}
                and rule.game_id in {"", game_id}
            ):
                return rule.source_id
        return self._settings.default_source_id or None

    def _country(self, meta: Mapping[str, Any]) -> str:
        told = meta.get(self._settings.country_meta_key) if self._settings.country_meta_key else None
        if told is None:
            return self._settings.player_country
        code = told.strip() if isinstance(told, str) else ""
        return code.upper() if code.isalpha() and 2 <= len(code) <= 3 else ""

    def _instant(self, body: dict[str, Any]) -> tuple[datetime, bool]:
        text = _text(body, "timestamp", 60)
        try:
            return parse_timestamp(text, is_strict=self._settings.strict_timestamps)
        except ValueError as error:
            raise _Bad("INVALID_TIMESTAMP", f"timestamp {text!a} {error}.") from None


def _required(body: dict[str, Any], name: str) -> Any:
    value = body.get(name)
    if value is None:
        raise _Bad("MISSING_FIELD", f"{name} is missing.")
    return value


def _text(body: dict[str, Any], name: str, limit: int) -> str:
    value = _required(body, name)
    if not isinstance(value, str):
        raise _Bad("WRONG_TYPE", f"{name} must be a string.")
    return _checked(value, name, limit)


def _optional_text(body: dict[str, Any], name: str, limit: int) -> str:
    return _text(body, name, limit) if body.get(name) else ""


def _checked(value: str, name: str, limit: int) -> str:
    value = value.strip()
    if not value:
        raise _Bad("MISSING_FIELD", f"{name} is empty.")
    if len(value) > limit:
        raise _Bad("TOO_LONG", f"{name} has {len(value)} characters, at most {limit}.")
    return value


def _vendor(body: dict[str, Any]) -> str:
    value = _required(body, "vendor_id")
    if isinstance(value, Decimal):
        if value != value.to_integral_value() or abs(value.adjusted()) > 40:
            raise _Bad("WRONG_TYPE", "vendor_id must be a string or a whole number.")
        value = f"{value:f}".partition(".")[0]
    return _text({"vendor_id": value}, "vendor_id", 64)


def _boolean(body: dict[str, Any], name: str) -> bool:
    value = _required(body, name)
    if not isinstance(value, bool):
        raise _Bad("WRONG_TYPE", f"{name} must be true or false.")
    return value


def _choice(body: dict[str, Any], name: str, known: Mapping[str, Any], code: str) -> Any:
    text = _text(body, name, 40)
    if text not in known:
        raise _Bad(code, f"{name} is {text!a}, not {' or '.join(known)}.")
    return known[text]


def _currency(body: dict[str, Any]) -> str:
    code = _text(body, "currency", 12)
    if not is_currency(code):
        raise _Bad("UNKNOWN_CURRENCY", f"{code!a} is no ISO 4217 currency.")
    return code


def _money(value: Any, name: str, *, may_be_negative: bool = False) -> int:
    if not isinstance(value, Decimal):
        raise _Bad("WRONG_TYPE", f"{name} must be a number.")
    try:
        micros = micros_from_decimal(value, field=name)
    except MoneyError as error:
        raise _Bad("INVALID_AMOUNT", f"{name} {error.reason}.") from None
    if micros < 0 and not may_be_negative:
        raise _Bad("INVALID_AMOUNT", f"{name} is negative.")
    return micros


def _optional_money(body: dict[str, Any], name: str) -> int | None:
    value = body.get(name)
    return None if value is None else _money(value, name, may_be_negative=True)


def _amounts(body: dict[str, Any]) -> tuple[int, int]:
    """The amount, proved by its parts where any is there, and how much of it was bonus money."""
    amount = _money(_required(body, "amount"), "amount")
    given = {name: _money(body[name], name) for name in PARTS if body.get(name) is not None}
    if given and sum(given.values()) != amount:
        raise _Bad("AMOUNT_MISMATCH", "amount is not the sum of the bonus, wager and locked parts.")
    return amount, given.get("bonus_wager_amount", 0)


def _base(amount_micros: int, body: dict[str, Any]) -> int:
    rate = _required(body, "exchange_rate")
    if not isinstance(rate, Decimal):
        raise _Bad("WRONG_TYPE", "exchange_rate must be a number.")
    if rate <= 0 or abs(rate.adjusted()) > 12:
        raise _Bad("INVALID_AMOUNT", "exchange_rate is no rate.")
    over, under = rate.as_integer_ratio()
    base = round_half_even_division(amount_micros * over, under)
    if base >= LIMIT_MICROS:
        raise _Bad("INVALID_AMOUNT", "amount times exchange_rate is out of range.")
    return base


def _meta(body: dict[str, Any]) -> dict[str, Any]:
    meta = body.get("meta")
    if meta is None:
        return {}
    if not isinstance(meta, dict):
        raise _Bad("WRONG_TYPE", "meta must be an object.")
    if len(meta) > MAX_META_MEMBERS:
        raise _Bad("TOO_LONG", f"meta has {len(meta)} members, at most {MAX_META_MEMBERS}.")
    for key, value in meta.items():
        if not isinstance(value, str | bool | Decimal) and value is not None:
            raise _Bad("WRONG_TYPE", f"meta.{key[:40]!a} must be a string, a number or a boolean.")
    return meta


def _digest(activity: CasinoActivity) -> bytes:
    # Over what was said, not over how it was written: 10.0 and 10.00 are the same content.
    values = [getattr(activity, name) for name in _CONTENT]
    meta = sorted(
        (key, type(value).__name__, repr(value.as_integer_ratio() if isinstance(value, Decimal) else value))
        for key, value in activity.meta.items()
    )
    return hashlib.sha256(repr((values, meta)).encode()).digest()


_CONTENT: Final = tuple(
    name
    for name in CasinoActivity.__struct_fields__
    if name not in {"meta", "source_id", "player_country", "is_timestamp_repaired"}
)
