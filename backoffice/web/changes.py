"""Before and after, as people read them: micro-units as money, parts per million as percent."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backoffice.core.money import format_micros
from backoffice.web.words import BLANK


@dataclass(frozen=True)
class Change:
    """One field that differs; `had` and `has` say whether there is a value before and after."""

    field: str
    before: str
    after: str

    @property
    def had(self) -> bool:
        """Whether there was a value."""
        return self.before != BLANK

    @property
    def has(self) -> bool:
        """Whether there is one now."""
        return self.after != BLANK


def changes(before: Any, after: Any) -> list[Change]:
    """The fields that differ between two JSON objects, by name."""
    old, new = _fields(before), _fields(after)
    names = [name for name in sorted({*old, *new}) if name and old.get(name) != new.get(name)]
    return [Change(_label(name), _shown(name, old), _shown(name, new)) for name in names]


def _fields(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    return {} if value is None else {"value": value}


def _label(name: str) -> str:
    words = name.replace("_", " ")
    return words.removesuffix(" micros").removesuffix(" ppm")


def _shown(name: str, fields: Mapping[str, Any]) -> str:
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        if name.endswith("micros"):
            currency = fields.get("currency")
            amount = format_micros(value)
            return f"{currency} {amount}" if isinstance(currency, str) else amount
        if name.endswith("ppm"):
            return f"{format((Decimal(value) / 10_000).normalize(), 'f')} %"
    return _text(value)


def _text(value: Any) -> str:
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value) or BLANK
    if isinstance(value, Mapping):
        return "; ".join(f"{_label(key)}: {_shown(key, value)}" for key in sorted(value)) or BLANK
    return str(value)
