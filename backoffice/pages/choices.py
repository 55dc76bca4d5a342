"""Choices that several forms of the kernel's pages offer."""

from django import forms
from moneyed import CURRENCIES

from backoffice.core.money import is_currency
from backoffice.core.zones import time_zones
from backoffice.tenancy.queries import brands, operators
from backoffice.tenancy.scope import Scope


def zone_choices() -> list[tuple[str, str]]:
    """Every time zone of the system, UTC first."""
    zones = sorted(zone for zone in time_zones() if zone == "UTC" or "/" in zone)
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in zones if zone != "UTC")]


def currency_choices() -> list[tuple[str, str]]:
    """Every currency that people are paid in."""
    return [(code, f"{code}, {CURRENCIES[code].name}") for code in sorted(CURRENCIES) if is_currency(code)]


def brand_choices(scope: Scope) -> list[tuple[str, str]]:
    """The brands that the viewer may give to others."""
    return [(brand.pk, brand.name) for brand in brands(scope)]


def operator_choices(scope: Scope) -> list[tuple[str, str]]:
    """The operators in scope."""
    return [(operator.pk, operator.name) for operator in operators(scope)]


class BrandsField(forms.MultipleChoiceField):
    """Boxes for brands; none ticked means all of them."""

    def __init__(self, scope: Scope, *, what: str) -> None:
        needed = scope.brand_ids is not None
        help_text = "At least one of yours." if needed else f"None ticked: {what} every brand, later ones too."
        super().__init__(
            label="Brands",
            choices=brand_choices(scope),
            widget=forms.CheckboxSelectMultiple,
            required=needed,
            help_text=help_text,
        )


class TenantForm(forms.Form):
    """A name, and whether it is switched on."""

    name = forms.CharField(max_length=200)
    is_active = forms.BooleanField(label="Switched on", required=False)
    reason = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed where it is switched off.",
    )
