"""A template as its form has it, and the rows of a form that come, go and change places."""

from typing import Any

from django import forms
from django.http import QueryDict

from jackpots.models import PotKind, Template
from jackpots.web.fields import AmountsField, MicrosField, PercentField, WeightsField, typed_micros, typed_percent
from jackpots.web.template_form import TemplateForm
from jackpots.web.template_parts_form import FORMS, FRESH, MOST, PERIOD_UNITS


def typed(template: Template) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """A template as the form has it: its own values, and those of its parts."""
    own = _typed(template, TemplateForm.base_fields)
    parts = {
        name: [_typed(row, form.base_fields) for row in getattr(template, name).all()] for name, form in FORMS.items()
    }
    for values, pot in zip(parts["pots"], template.pots.all(), strict=True):
        values.update(_typed_period(pot.period_seconds))
        if pot.kind == PotKind.RAFFLE:
            # The type of the template says it; the choice is one of jackpots.
            values["kind"] = PotKind.VALUE.value
    return own, parts


def _typed(row: object, fields: dict[str, forms.Field]) -> dict[str, Any]:
    return {name: _typed_one(field, getattr(row, name)) for name, field in fields.items() if hasattr(row, name)}


def _typed_one(field: forms.Field, value: Any) -> Any:
    if isinstance(field, MicrosField):
        return typed_micros(value)
    if isinstance(field, PercentField):
        return typed_percent(value)
    if isinstance(field, AmountsField):
        return ", ".join(typed_micros(micros) for micros in value)
    if isinstance(field, WeightsField):
        return ", ".join(str(weight) for weight in value)
    return ", ".join(value) if isinstance(value, list) else value


def _typed_period(seconds: int | None) -> dict[str, Any]:
    """In the largest unit of which it is a whole number."""
    if not seconds:
        return {"period_count": None, "period_unit": "3600"}
    unit = max((int(size) for size in PERIOD_UNITS if seconds % int(size) == 0), default=60)
    return {"period_count": seconds // unit, "period_unit": str(unit)}


def rearranged(data: QueryDict, act: str) -> QueryDict:
    """What was typed, with a row of a part more (`add-pots`), one less (`remove-pots-2`) or one up (`up-pots-2`)."""
    word, _, rest = act.partition("-")
    part, _, text = rest.partition("-")
    if part not in FORMS:
        return data
    given = data.get(f"{part}-TOTAL_FORMS", "0")
    total = int(given) if given.isdigit() else 0
    rows = [_row(data, part, number) for number in range(min(total, MOST[part]))]
    at = int(text) if text.isdigit() else -1
    if word == "add" and len(rows) < MOST[part]:
        rows.append(dict(FRESH[part]))
    elif word == "remove" and 0 <= at < len(rows):
        rows.pop(at)
    elif word == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    return _with_rows(data, part, rows)


def _with_rows(data: QueryDict, part: str, rows: list[dict[str, str]]) -> QueryDict:
    changed = QueryDict(mutable=True)
    for key in data:
        if not key.startswith(f"{part}-"):
            changed.setlist(key, data.getlist(key))
    changed[f"{part}-TOTAL_FORMS"], changed[f"{part}-INITIAL_FORMS"] = str(len(rows)), "0"
    for number, row in enumerate(rows):
        for name, value in row.items():
            changed[f"{part}-{number}-{name}"] = value
    return changed


def _row(data: QueryDict, part: str, number: int) -> dict[str, str]:
    names = FORMS[part].base_fields
    return {name: value for name in names if (value := data.get(f"{part}-{number}-{name}")) is not None}
