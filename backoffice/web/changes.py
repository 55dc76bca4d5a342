"""Before and after, as people read them: micro-units as money, parts per million as percent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backoffice.core.money import format_micros
from backoffice.web.words import BLANK, lasting


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


def label_of(name: str) -> str:
    """`seed_micros` as people say it, without its unit."""
    words = name.replace("_", " ")
    return words.removesuffix(" micros").removesuffix(" ppm")


def changes(
    before: Any,
    after: Any,
    label: Callable[[str], str] = label_of,
    order: Callable[[str], Any] = str,
) -> list[Change]:
    """The fields that differ between two JSON objects; `label` is what a name is called, `order` where it stands."""
    old, new = _fields(before), _fields(after)
    names = [name for name in sorted({*old, *new}, key=order) if name and old.get(name) != new.get(name)]
    found = [Change(label(name), _shown(name, old), _shown(name, new)) for name in names]
    return [change for change in found if change.had or change.has]


def _fields(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    return {} if value is None else {"value": value}


def _shown(name: str, fields: Mapping[str, Any]) -> str:
    value = fields.get(name)
    numbers: list[Any] = value if isinstance(value, list) and value else [value]
    if all(isinstance(one, int) and not isinstance(one, bool) for one in numbers):
        if name.endswith("micros"):
            currency = fields.get(f"{name.rpartition('.')[0]}.currency", fields.get("currency"))
            return ", ".join(f"{currency} {format_micros(one)}" if currency else format_micros(one) for one in numbers)
        if name.endswith("ppm"):
            return ", ".join(f"{format((Decimal(one) / 10_000).normalize(), 'f')} %" for one in numbers)
        if name.endswith("period_seconds"):
            return ", ".join(lasting(one) for one in numbers)
    return _text(value)


def _text(value: Any) -> str:
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value) or BLANK
    if isinstance(value, Mapping):
        return "; ".join(f"{label_of(key)}: {_shown(key, value)}" for key in sorted(value)) or BLANK
    return str(value)
