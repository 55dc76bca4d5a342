"""The filter bar: its state is the address."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict


@dataclass(frozen=True)
class Chip:
    """One active filter: what it says, and the address without it."""

    label: str
    text: str
    without: str


class OfficeFilter(django_filters.FilterSet):  # type: ignore[misc]
    """A FilterSet whose empty fields filter nothing and whose active ones show as chips."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.form.fields.items():
            _dress(name, field)

    def chips(self) -> list[Chip]:
        """What is filtered by, in the order of the bar."""
        if not self.form.is_valid():
            return []
        found = []
        for name, value in self.form.cleaned_data.items():
            if value not in (None, "", [], ()) and not _is_empty(value):
                field = self.form.fields[name]
                keys = [name, f"{name}_min", f"{name}_max", f"{name}_after", f"{name}_before"]
                found.append(Chip(str(field.label or name), _text(field, value), _without(self.data, keys)))
        return found


def _dress(name: str, field: forms.Field) -> None:
    widget = field.widget
    if isinstance(widget, forms.NullBooleanSelect):
        widget.choices = [("unknown", "Any"), ("true", "Yes"), ("false", "No")]
    elif isinstance(widget, forms.Select):
        # Read once: choices that come from a query would ask again for every look at them.
        choices = list(widget.choices)
        widget.choices = [("", "Any"), *choices[1:]] if choices[:1] == [("", "---------")] else choices
    select = isinstance(widget, forms.Select | forms.SelectMultiple)
    css = "form-select" if select else "form-control"
    parts = [*getattr(widget, "widgets", ()), widget]
    for part in parts:
        part.attrs.setdefault("class", css)
    if isinstance(widget, forms.MultiWidget):
        for part, word in zip(widget.widgets, ("from", "to"), strict=False):
            part.attrs.setdefault("aria-label", f"{field.label or name}, {word}")


def _is_empty(value: Any) -> bool:
    if isinstance(value, slice):
        return value.start is None and value.stop is None
    return hasattr(value, "exists") and not value


def _text(field: forms.Field, value: Any) -> str:
    if isinstance(value, slice):
        parts = (("from", value.start), ("to", value.stop))
        return " ".join(f"{word} {_plain(part)}" for word, part in parts if part is not None)
    choices: dict[str, Any] = dict(_flat(getattr(field, "choices", [])))
    if isinstance(value, list | tuple | set):
        return ", ".join(str(choices.get(str(one), one)) for one in value)
    return str(choices.get(str(value), _plain(value)))


def _plain(value: Any) -> str:
    if value is True:
        return "yes"
    if value is False:
        return "no"
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value)


def _flat(choices: Iterable[Any]) -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for key, label in choices:
        if isinstance(label, list | tuple):
            flat.extend((str(inner), word) for inner, word in label)
        else:
            flat.append((str(key), label))
    return flat


def _without(data: QueryDict, keys: list[str]) -> str:
    rest = data.copy()
    for key in [*keys, "page", "export"]:
        rest.pop(key, None)
    return f"?{rest.urlencode()}"
