"""Form fields of money, shares and lists, exact on the way in and out."""

from decimal import Decimal
from typing import Any

from django import forms

from backoffice.core.money import MoneyError, micros_from_decimal, text_from_micros
from jackpots.rules.schedule import EARLIEST, LATEST, can_be_meant

PPM_OF_PERCENT = 10_000


class MicrosField(forms.DecimalField):
    """An amount typed in units; the cleaned value is whole micro-units, None where nothing was typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(min_value=Decimal(0), **kwargs)

    def clean(self, value: Any) -> Any:
        """Micro-units, or None."""
        number = super().clean(str(value).replace(",", "") if value is not None else value)
        if number is None:
            return None
        try:
            return micros_from_decimal(number, field="amount")
        except MoneyError as error:
            raise forms.ValidationError(f"The amount {error.reason}.") from None


class PercentField(forms.DecimalField):
    """A share typed in percent; the cleaned value is whole parts per million."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(min_value=Decimal(0), max_value=Decimal(100), **kwargs)

    def clean(self, value: Any) -> Any:
        """Parts per million, or None."""
        number = super().clean(value)
        if number is None:
            return None
        parts = number * PPM_OF_PERCENT
        if parts != parts.to_integral_value():
            raise forms.ValidationError("A share has at most four decimals of a percent.")
        return int(parts)


class WordsField(forms.CharField):
    """Words separated by commas, spaces or lines; the cleaned value is a tuple without repeats."""

    def __init__(self, *, longest: int, upper: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(required=False, **kwargs)
        self.longest, self.upper = longest, upper

    def clean(self, value: Any) -> Any:
        """The words in their order."""
        text = super().clean(value)
        words = text.replace(",", " ").split()
        for word in words:
            if len(word) > self.longest:
                raise forms.ValidationError(f"“{word[:20]}…” is longer than {self.longest} characters.")
        return tuple(dict.fromkeys(word.upper() if self.upper else word for word in words))


class WholeField(forms.IntegerField):
    """A whole number from 1 to the highest; the cleaned value is None where nothing was typed."""

    def __init__(self, *, highest: int, required: bool = False, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(min_value=1, max_value=highest, required=required, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """The number; commas between thousands are forgiven."""
        return super().clean(value.replace(",", "") if isinstance(value, str) else value)


class AmountsField(WordsField):
    """Amounts typed in units, separated by spaces or commas; the cleaned value is a tuple of micro-units."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=20, **kwargs)

    def clean(self, value: Any) -> Any:
        """Micro-units in their order."""
        one = MicrosField()
        return tuple(one.clean(word) for word in super().clean(value))


class WeightsField(forms.CharField):
    """Whole numbers separated by commas or spaces, in their order; the cleaned value is a tuple."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(required=False, max_length=400, **kwargs)

    def clean(self, value: Any) -> Any:
        """The weights."""
        words = super().clean(value).replace(",", " ").split()
        if any(not (word.isascii() and word.isdigit() and len(word) < 9) for word in words):
            raise forms.ValidationError("Weights are whole numbers: 10, 20, 50.")
        return tuple(int(word) for word in words)


class MomentField(forms.DateTimeField):
    """A moment, typed on the clocks of the current zone; the cleaned value is aware."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(required=False, widget=widget, input_formats=formats, **kwargs)

    def clean(self, value: Any) -> Any:
        """The moment, in the centuries that can be meant."""
        moment = super().clean(value)
        if not can_be_meant(moment):
            raise forms.ValidationError(f"The year is from {EARLIEST.year} to {LATEST.year - 1}.")
        return moment


def typed_micros(micros: int | None) -> str:
    """An amount as one types it."""
    return "" if micros is None else text_from_micros(micros)


def typed_percent(ppm: int) -> str:
    """A share as one types it."""
    whole, rest = divmod(ppm, PPM_OF_PERCENT)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
