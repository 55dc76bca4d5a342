"""The fields of a message, each read strictly: its value, or the one reason why the message cannot be used."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from backoffice.core.money import LIMIT_MICROS, MoneyError, is_currency, micros_from_decimal, round_half_even_division
from integrations.wire.decoded import Fault
from integrations.wire.timestamps import parse_timestamp

MAX_META_MEMBERS: Final = 50
MAX_ID: Final = 128
MAX_NAME: Final = 200

Body = dict[str, Any]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Bad(Exception):  # noqa: N818 - carried to the one place that answers with it
    """Why a message cannot be used."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.fault = Fault(code, detail)


def required(body: Body, name: str) -> Any:
    """The value; Bad where it is absent or null."""
    value = body.get(name)
    if value is None:
        raise Bad("MISSING_FIELD", f"{name} is missing.")
    return value


def text(body: Body, name: str, limit: int) -> str:
    """Text of 1 to `limit` characters, without blanks round it."""
    value = required(body, name)
    if not isinstance(value, str):
        raise Bad("WRONG_TYPE", f"{name} must be a string.")
    value = value.strip()
    if not value:
        raise Bad("MISSING_FIELD", f"{name} is empty.")
    if len(value) > limit:
        raise Bad("TOO_LONG", f"{name} has {len(value)} characters, at most {limit}.")
    return value


def optional_text(body: Body, name: str, limit: int) -> str:
    """The text, or the empty one."""
    return text(body, name, limit) if body.get(name) else ""


def id_text(body: Body, name: str, limit: int = 64) -> str:
    """An id that may be sent as a whole number, as text."""
    value = required(body, name)
    if isinstance(value, Decimal):
        if value != value.to_integral_value() or abs(value.adjusted()) > 40:
            raise Bad("WRONG_TYPE", f"{name} must be a string or a whole number.")
        value = f"{value:f}".partition(".")[0]
    return text({name: value}, name, limit)


def optional_id_text(body: Body, name: str, limit: int = 64) -> str:
    """The id, or the empty text."""
    value = body.get(name)
    return "" if value is None or value == "" else id_text(body, name, limit)


def boolean(body: Body, name: str) -> bool:
    """True or false, as JSON has them."""
    value = required(body, name)
    if not isinstance(value, bool):
        raise Bad("WRONG_TYPE", f"{name} must be true or false.")
    return value


def choice(body: Body, name: str, known: Mapping[str, Any], code: str) -> Any:
    """What the word stands for; Bad with the code where it is none of the known ones, case included."""
    word = text(body, name, 40)
    if word not in known:
        raise Bad(code, f"{name} is {word!a}, not {' or '.join(known)}.")
    return known[word]


def currency(body: Body) -> str:
    """An ISO 4217 code."""
    code = text(body, "currency", 12)
    if not is_currency(code):
        raise Bad("UNKNOWN_CURRENCY", f"{code!a} is no ISO 4217 currency.")
    return code


def money(value: Any, name: str, *, may_be_negative: bool = False) -> int:
    """The number in micro-units, exactly."""
    if not isinstance(value, Decimal):
        raise Bad("WRONG_TYPE", f"{name} must be a number.")
    try:
        micros = micros_from_decimal(value, field=name)
    except MoneyError as error:
        raise Bad("INVALID_AMOUNT", f"{name} {error.reason}.") from None
    if micros < 0 and not may_be_negative:
        raise Bad("INVALID_AMOUNT", f"{name} is negative.")
    return micros


def optional_money(body: Body, name: str, *, may_be_negative: bool = False) -> int | None:
    """The number in micro-units, or None where it is absent or null."""
    value = body.get(name)
    return None if value is None else money(value, name, may_be_negative=may_be_negative)


def base_micros(amount_micros: int, body: Body) -> int:
    """The amount times `exchange_rate`, rounded once half-even."""
    rate = required(body, "exchange_rate")
    if not isinstance(rate, Decimal):
        raise Bad("WRONG_TYPE", "exchange_rate must be a number.")
    if rate <= 0 or abs(rate.adjusted()) > 12:
        raise Bad("INVALID_AMOUNT", "exchange_rate is no rate.")
    over, under = rate.as_integer_ratio()
    base = round_half_even_division(amount_micros * over, under)
    if base >= LIMIT_MICROS:
        raise Bad("INVALID_AMOUNT", "amount times exchange_rate is out of range.")
    return base


def meta(body: Body, name: str = "meta") -> dict[str, Any]:
    """An object of scalars."""
    found = body.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Bad("WRONG_TYPE", f"{name} must be an object.")
    if len(found) > MAX_META_MEMBERS:
        raise Bad("TOO_LONG", f"{name} has {len(found)} members, at most {MAX_META_MEMBERS}.")
    for key, value in found.items():
        if not isinstance(value, str | bool | Decimal) and value is not None:
            raise Bad("WRONG_TYPE", f"{name}.{key[:40]!a} must be a string, a number or a boolean.")
    return found


def instant(body: Body, *, is_strict: bool) -> tuple[datetime, bool]:
    """`timestamp` in UTC, and whether its hour was repaired."""
    told = text(body, "timestamp", 60)
    try:
        return parse_timestamp(told, is_strict=is_strict)
    except ValueError as error:
        raise Bad("INVALID_TIMESTAMP", f"timestamp {told!a} {error}.") from None


def epoch_ms(at: datetime) -> int:
    """The instant as epoch milliseconds, what is smaller cut off."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def digest_of_content(value: Any) -> bytes:
    """SHA-256 over what was said, not over how it was written: 10.0 and 10.00 are the same content."""
    return hashlib.sha256(repr(_normal(value)).encode()).digest()


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _normal(member)) for key, member in value.items())
    if isinstance(value, list | tuple):
        return [_normal(member) for member in value]
    if isinstance(value, Decimal):
        return ("number", *value.as_integer_ratio())
    return value.strip() if isinstance(value, str) else value
