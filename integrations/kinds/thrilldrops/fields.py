"""One field of an event: its value as it is kept, or one reason why not."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from backoffice.core.money import MoneyError, is_currency, micros_from_decimal, text_from_micros
from integrations.kinds.thrilldrops.events import CHANNELS, PAYOUT_TYPES, FieldShape, Form
from integrations.kinds.thrilldrops.faults import BadMessage

MAX_TEXT: Final = 128
MAX_SECRET: Final = 4_000
_DECIMAL: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)


def read_field(shape: FieldShape, value: Any, path: str) -> Any:
    """The value, stripped and exact; None where it may be. BadMessage names the path."""
    if value is None:
        if shape.is_nullable:
            return None
        raise BadMessage("MISSING_FIELD", f"{path} is missing.", path)
    return _READERS[shape.form](value, path)


def read_text(value: Any, path: str, limit: int = MAX_TEXT) -> str:
    """A text that is there and not empty. BadMessage names the path."""
    if value is None:
        raise BadMessage("MISSING_FIELD", f"{path} is missing.", path)
    if not isinstance(value, str):
        raise BadMessage("WRONG_TYPE", f"{path} must be a string.", path)
    text = value.strip()
    if not text:
        raise BadMessage("MISSING_FIELD", f"{path} is empty.", path)
    if len(text) > limit:
        raise BadMessage("TOO_LONG", f"{path} has {len(text)} characters, at most {limit}.", path)
    return text


def _chosen(known: tuple[str, ...], code: str) -> Callable[[Any, str], str]:
    def read(value: Any, path: str) -> str:
        text = read_text(value, path)
        if text not in known:
            raise BadMessage(code, f"{path} is {text[:40]!a}, not {', '.join(known[:-1])} or {known[-1]}.", path)
        return text

    return read


def _currency(value: Any, path: str) -> str:
    code = read_text(value, path)
    if not is_currency(code):
        raise BadMessage("UNKNOWN_CURRENCY", f"{path} is {code[:12]!a}, which is no ISO 4217 currency.", path)
    return code


def _flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise BadMessage("WRONG_TYPE", f"{path} must be true or false.", path)
    return value


def _balance(value: Any, path: str) -> Decimal:
    """A number, or the decimal text of one (I-46), by way of micro-units."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if not isinstance(value, Decimal):
        raise BadMessage("WRONG_TYPE", f"{path} must be a number, or a decimal number as text.", path)
    try:
        return Decimal(text_from_micros(micros_from_decimal(value, field=path)))
    except MoneyError as error:
        raise BadMessage("INVALID_AMOUNT", f"{path} {error.reason}.", path) from None


def _amount(value: Any, path: str) -> Decimal:
    amount = _balance(value, path)
    if amount < 0:
        raise BadMessage("INVALID_AMOUNT", f"{path} is negative.", path)
    return amount


def _secret(value: Any, path: str) -> None:
    """Looked at, and never kept."""
    read_text(value, path, MAX_SECRET)


_READERS: Final[dict[Form, Callable[[Any, str], Any]]] = {
    "text": read_text,
    "channel": _chosen(CHANNELS, "UNKNOWN_CHANNEL"),
    "currency": _currency,
    "amount": _amount,
    "balance": _balance,
    "flag": _flag,
    "secret": _secret,
    "payout": _chosen(PAYOUT_TYPES, "UNKNOWN_PAYOUT_TYPE"),
}
