"""The form of a draft: the template and its pots, typed by people, read exactly."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict

from backoffice.core.errors import Refusal
from backoffice.web.forms import helper
from backoffice.web.page import OfficeRequest
from jackpots.models import PotKind, Template
from jackpots.operations.create_template import TemplateDraft
from jackpots.queries.templates import POT_FIELDS
from jackpots.rules.template import MAX_POTS
from jackpots.rules.terms import PotTerms
from jackpots.web.fields import MicrosField, PercentField, typed_micros, typed_percent
from jackpots.web.filters import owned_choices

_BY_KIND = {
    "value": ("max_magic_number", "cost_per_attempt_micros"),
    "probability": ("value_from_micros", "value_to_micros"),
}


class PotForm(forms.Form):
    """One pot. The fields of the other kind are ignored."""

    code = forms.SlugField(max_length=40, help_text="Small letters: mini, mega. Players' pages use it.")
    kind = forms.ChoiceField(choices=PotKind.choices, label="Drops")
    share_ppm = PercentField(label="Share of a contribution, %")
    seed_share_ppm = PercentField(label="Part of it for seeds, %", initial="0")
    initial_seed_micros = MicrosField(label="First seed", initial="0")
    min_reseed_micros = MicrosField(label="Later seeds", initial="0")
    value_from_micros = MicrosField(label="Drops from", required=False)
    value_to_micros = MicrosField(label="Drops up to", required=False)
    max_magic_number = forms.IntegerField(
        label="Odds: one in", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    cost_per_attempt_micros = MicrosField(label="for each contributed", required=False)
    is_progressive = forms.BooleanField(label="Grows with contributions", required=False, initial=True)

    def clean_max_magic_number(self) -> int | None:
        """Within what a row can hold; the rules say the rest."""
        odds: int | None = self.cleaned_data["max_magic_number"]
        if odds is not None and not 0 <= odds < 2**62:
            raise forms.ValidationError("The odds are out of range.")
        return odds

    def terms(self, position: int) -> PotTerms:
        """The pot as the rules take it, once the form is valid."""
        given = self.cleaned_data
        values: dict[str, Any] = {name: given[name] for name in POT_FIELDS if name in given and name != "position"}
        for name in _BY_KIND[self.cleaned_data["kind"]]:
            values[name] = None
        return PotTerms(position=position, **values)


class BasePots(forms.BaseFormSet[PotForm]):
    """All pots in their order."""

    def clean(self) -> None:
        """There must be one."""
        if not self.forms:
            raise forms.ValidationError("A template needs a pot.")


PotFormSet = forms.formset_factory(
    PotForm, formset=BasePots, extra=0, max_num=MAX_POTS, absolute_max=MAX_POTS, validate_max=True
)


def one_pot() -> list[dict[str, Any]]:
    """What a new template starts with."""
    return [{"code": "main", "kind": "value", "is_progressive": True, "seed_share_ppm": "0"}]


class TemplateForm(forms.Form):
    """The template; `pots` is the formset beside it."""

    name = forms.CharField(max_length=200, help_text="As colleagues find it. Players see the name of the jackpot.")
    owner = forms.ChoiceField(help_text="The whole operator, or one brand.")
    currency = forms.CharField(max_length=3, min_length=3, help_text="ISO 4217, of all its amounts.")
    contribution_micros = MicrosField(label="Contribution", help_text="What each one is, whatever the bet was.")
    operator_contribution_ppm = PercentField(label="The operator pays, %", initial="100")
    household_ppm = PercentField(label="The house keeps, %", help_text="Pots and house together are 100 %.")
    opt_in_required = forms.BooleanField(label="Players must opt in", required=False)
    minimum_base_wager_micros = MicrosField(label="Smallest bet", required=False, help_text="Empty is any.")
    maximum_base_wager_micros = MicrosField(label="Largest bet", required=False, help_text="Empty is any.")

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        request: OfficeRequest,
        initial: dict[str, Any] | None = None,
        pots: list[dict[str, Any]] | None = None,
        is_owner_fixed: bool = False,
    ) -> None:
        super().__init__(data, files, initial=initial)
        self.pots = PotFormSet(data, prefix="pots", initial=None if data else (pots or one_pot()))
        owner = self.fields["owner"]
        owner.choices = owned_choices(request)  # type: ignore[attr-defined]
        if is_owner_fixed:
            del self.fields["owner"]

    def is_valid(self) -> bool:
        """The template and every pot."""
        return all([super().is_valid(), self.pots.is_valid()])

    def clean_currency(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["currency"]).upper()

    def draft(self, owner: str = "") -> TemplateDraft:
        """What was typed, once it is valid. `owner` where the form does not ask for one."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "owner"}
        owner = self.cleaned_data.get("owner", owner)
        operator_id, _, brand = owner.partition(":")
        pots = tuple(pot.terms(position) for position, pot in enumerate(self.pots.forms))
        return TemplateDraft(operator_id=operator_id, brand_id=owner if brand else None, pots=pots, **values)

    def place(self, refusal: Refusal) -> None:
        """Puts a refusal at its field, of the template or of a pot, or above the form."""
        path = (refusal.field or "").split(".")
        if len(path) == 3 and path[0] == "pots":
            for pot in self.pots.forms:
                if pot.cleaned_data.get("code") == path[1] and path[2] in pot.fields:
                    pot.add_error(path[2], refusal.message)
                    return
        self.add_error(path[0] if path[0] in self.fields else None, refusal.message)

    @property
    def pot_helper(self) -> FormHelper:
        """How pots are drawn."""
        return helper()


def typed(template: Template) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A template as the form has it: its own values, and those of its pots."""
    own = {
        "name": template.name,
        "currency": template.currency,
        "opt_in_required": template.opt_in_required,
        **_typed(template, TemplateForm.base_fields),
    }
    pots = [
        {
            "code": pot.code,
            "kind": pot.kind,
            "is_progressive": pot.is_progressive,
            "max_magic_number": pot.max_magic_number,
        }
        | _typed(pot, PotForm.base_fields)
        for pot in sorted(template.pots.all(), key=lambda pot: pot.position)
    ]
    return own, pots


def _typed(row: object, fields: dict[str, forms.Field]) -> dict[str, str]:
    found = {}
    for name, field in fields.items():
        if isinstance(field, MicrosField):
            found[name] = typed_micros(getattr(row, name))
        elif isinstance(field, PercentField):
            found[name] = typed_percent(getattr(row, name))
    return found


def rearranged(data: QueryDict, act: str) -> QueryDict:
    """What was typed with a pot more (`add`), one less (`remove-2`) or one earlier (`up-2`)."""
    total = int(data.get("pots-TOTAL_FORMS", "0") or 0) if data.get("pots-TOTAL_FORMS", "0").isdigit() else 0
    rows = [_row(data, number) for number in range(min(total, MAX_POTS))]
    word, _, text = act.partition("-")
    at = int(text) if text.isdigit() else -1
    if word == "add" and len(rows) < MAX_POTS:
        rows.append({"kind": "value", "is_progressive": "on", "seed_share_ppm": "0", "initial_seed_micros": "0"})
        rows[-1]["min_reseed_micros"] = "0"
    elif word == "remove" and 0 <= at < len(rows):
        rows.pop(at)
    elif word == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    changed = QueryDict(mutable=True)
    for key in data:
        if not key.startswith("pots-"):
            changed.setlist(key, data.getlist(key))
    changed["pots-TOTAL_FORMS"], changed["pots-INITIAL_FORMS"] = str(len(rows)), "0"
    for number, row in enumerate(rows):
        for name, value in row.items():
            changed[f"pots-{number}-{name}"] = value
    return changed


def _row(data: QueryDict, number: int) -> dict[str, str]:
    return {name: value for name in PotForm.base_fields if (value := data.get(f"pots-{number}-{name}")) is not None}
