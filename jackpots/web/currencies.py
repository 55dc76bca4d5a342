"""Currencies: what a unit of the base currency is worth, for an operator and for each brand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.core import clock
from backoffice.tenancy.queries import brands, operators
from backoffice.web.actor import actor_of
from backoffice.web.forms import FormPage
from backoffice.web.objects import changes
from backoffice.web.page import Action, OfficeRequest, OfficeView, offered, reason_of
from jackpots.models import Multiplier
from jackpots.operations.set_multipliers import PLACES, set_multipliers
from jackpots.queries.currencies import multiplier_rows
from jackpots.web.wording import plain


@dataclass(frozen=True)
class Owner:
    """Whose multipliers: an operator's, or a brand's."""

    id: str
    label: str
    operator_id: str
    brand_id: str | None
    base_currency: str


@dataclass(frozen=True)
class Rate:
    """A currency as it holds for the owner: its own, or its operator's."""

    currency: str
    multiplier: Decimal
    origin: str
    is_own: bool
    changed_at: datetime | None

    @property
    def text(self) -> str:
        """Without an exponent and without zeros at the end."""
        return plain(self.multiplier)


def owners_of(request: OfficeRequest) -> list[Owner]:
    """The operators in scope, each with its brands."""
    found = list(brands(request.scope))
    owners = []
    for operator in operators(request.scope):
        label = f"{operator.name}, all brands"
        owners.append(Owner(operator.pk, label, operator.pk, None, operator.base_currency))
        owners += [
            Owner(brand.pk, f"{brand.name} ({brand.pk})", operator.pk, brand.pk, operator.base_currency)
            for brand in found
            if brand.operator_id == operator.pk
        ]
    return owners


def owner_of(request: OfficeRequest, owners: Sequence[Owner]) -> Owner:
    """The one that the address names, else the first; 404 for one that the viewer does not have."""
    asked = request.GET.get("owner", "")
    for owner in owners:
        if asked in (owner.id, ""):
            return owner
    raise Http404("There is no such owner.")


def rates_of(request: OfficeRequest, owner: Owner) -> list[Rate]:
    """What holds for the owner, by currency: its own before its operator's; the base currency is 1."""
    rows = multiplier_rows(request.scope).filter(operator_id=owner.operator_id)
    whole = {row.currency: row for row in rows if row.brand_id is None}
    own = {row.currency: row for row in rows if row.brand_id == owner.brand_id} if owner.brand_id else {}
    rates = [_rate(row, owner) for row in {**whole, **own}.values() if row.currency != owner.base_currency]
    base = Rate(owner.base_currency, Decimal(1), "base currency", is_own=False, changed_at=None)
    return [base, *sorted(rates, key=lambda rate: rate.currency)]


def _rate(row: Multiplier, owner: Owner) -> Rate:
    is_own = row.brand_id == owner.brand_id
    origin = "own" if is_own else f"of {owner.operator_id}"
    return Rate(row.currency, row.multiplier, origin, is_own, row.changed_at)


class CurrencyPage(OfficeView):
    """`/office/currencies/?owner=`."""

    title = "Currencies"
    right = "currencies.view"
    template_name = "jackpots/currencies.html"

    def context(self) -> dict[str, Any]:
        """The owners to choose from, and what holds for the chosen one."""
        owners = owners_of(self.request)
        owner = owner_of(self.request, owners) if owners else None
        rates = rates_of(self.request, owner) if owner else []
        edit = (
            Action("Change", f"{reverse('currencies_edit')}?owner={owner.id}", "pencil", "currencies.change")
            if owner
            else None
        )
        why_not = reason_of(lambda: self.request.scope.check_change(owner.brand_id if owner else None))
        return {
            **super().context(),
            "owners": owners,
            "owner": owner,
            "rates": rates,
            "last": max((rate.changed_at for rate in rates if rate.changed_at), default=None),
            "actions": offered([edit], self.request.user, why_not) if edit else [],
            "why_not_acts": why_not if edit and edit.allowed_to(self.request.user) else "",
        }


class MultiplierForm(forms.Form):
    """A field for each currency that is known, and one more for a new one."""

    new_currency = forms.CharField(required=False, min_length=3, max_length=3, label="Another currency")
    new_multiplier = forms.DecimalField(required=False, label="Units for one of the base", decimal_places=PLACES)

    def __init__(self, *args: Any, rates: Sequence[Rate], base_currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rates = {rate.currency: rate for rate in rates if rate.currency != base_currency}
        more = {name: self.fields.pop(name) for name in ("new_currency", "new_multiplier")}
        for rate in self.rates.values():
            self.fields[rate.currency] = forms.DecimalField(
                label=f"{rate.currency} for 1 {base_currency}",
                decimal_places=PLACES,
                initial=rate.text,
                help_text=f"Now {rate.text}, {rate.origin}.",
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )
        self.fields.update(more)

    def clean(self) -> dict[str, Any]:
        """A new currency has both its code and its number."""
        values: dict[str, Any] = super().clean() or {}
        code, number = values.get("new_currency"), values.get("new_multiplier")
        if code and number is None and "new_multiplier" not in self.errors:
            self.add_error("new_multiplier", "How many units of it are one of the base currency?")
        if number is not None and not code and "new_currency" not in self.errors:
            self.add_error("new_currency", "Of which currency?")
        return values

    def changed(self) -> dict[str, Decimal]:
        """What differs from what holds now."""
        values = self.cleaned_data
        found = {
            currency: values[currency]
            for currency, rate in self.rates.items()
            if values.get(currency) is not None and values[currency] != rate.multiplier
        }
        if values.get("new_currency") and values.get("new_multiplier") is not None:
            found[values["new_currency"].upper()] = values["new_multiplier"]
        return found

    def before_and_after(self) -> tuple[dict[str, str], dict[str, str]]:
        """Both as people read them, of what changes."""
        changed = self.changed()
        before = {code: self.rates[code].text for code in changed if code in self.rates}
        return before, {code: plain(number) for code, number in changed.items()}


class EditCurrencies(FormPage):
    """`/office/currencies/edit/?owner=`."""

    title = "Change currencies"
    right = "currencies.change"
    template_name = "jackpots/currencies_edit.html"
    form_class = MultiplierForm
    submit_label = "Save"
    done = "The multipliers hold from the next contribution on."

    @cached_property
    def owner(self) -> Owner:
        """Whose they are."""
        owners = owners_of(self.request)
        if not owners:
            raise Http404("There is no operator.")
        return owner_of(self.request, owners)

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.owner.brand_id)

    def address(self) -> str:
        """The table."""
        return f"{reverse('currencies')}?owner={self.owner.id}"

    def crumbs(self) -> list[tuple[str, str]]:
        """The table."""
        return [("Currencies", self.address())]

    def form_arguments(self) -> dict[str, Any]:
        """What holds now."""
        return {"rates": rates_of(self.request, self.owner), "base_currency": self.owner.base_currency}

    def context(self) -> dict[str, Any]:
        """Whose they are."""
        said = f"{self.owner.label}. Units of each currency for one {self.owner.base_currency}."
        if self.owner.brand_id:
            said += " What you change becomes the brand's own and takes precedence over its operator's."
        return {**super().context(), "cancel_url": self.address(), "lead_in": said, "owner": self.owner}

    def perform(self, form: MultiplierForm) -> str:
        """Stores what differs."""
        changed = form.changed()
        if changed:
            set_multipliers(
                changed,
                operator_id=self.owner.operator_id,
                brand_id=self.owner.brand_id,
                scope=self.request.scope,
                actor=actor_of(self.request),
                now=clock.now(),
            )
        return self.address()


class PreviewCurrencies(EditCurrencies):
    """What is being typed, before and after; nothing is stored."""

    template_name = "jackpots/currencies_preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """There is nothing to see without a form."""
        raise Http404("A preview needs what was typed.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The pane."""
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.render(form=form, is_unfinished=True)
        before, after = form.before_and_after()  # type: ignore[attr-defined]
        return self.render(form=form, changes=changes(before, after))
