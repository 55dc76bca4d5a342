"""The form of a draft: the template and its parts, typed by people, read exactly."""

from typing import Any

from django import forms

from backoffice.core.errors import Refusal
from backoffice.web.page import OfficeRequest
from jackpots.models import (
    ContributionKind,
    DurationUnit,
    JackpotType,
    LimitedShareTo,
    TicketMetric,
    UnspentTo,
)
from jackpots.operations.create_template import TemplateDraft
from jackpots.web.fields import MicrosField, PercentField, WholeField, WordsField
from jackpots.web.filters import owned_choices
from jackpots.web.template_parts_form import FORMSETS, PART_WORDS, PartWords, Place

RAFFLE_ONLY = ("ticket_price_micros", "ticket_metric", "duration_count", "duration_unit")
GROUPS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("The template", "", "", ("name", "owner", "jackpot_type", "currency", "opt_in_required")),
    (
        "A contribution",
        "",
        "",
        (
            "contribution_kind", "contribution_micros", "household_ppm", "operator_contribution_ppm",
            "minimum_base_wager_micros", "maximum_base_wager_micros",
        ),
    ),
    (
        "The raffle",
        "Raffle",
        "A round counts tickets, then draws its prizes from the pot.",
        (
            "ticket_price_micros", "ticket_metric", "duration_count", "duration_unit", "prizes_per_player",
            "rolls_over",
        ),
    ),
)  # fmt: skip
MORE = ("limited_share_to", "withhold_above_micros", "withhold_countries")
COMMUNITY = ("community_unspent_to", "community_includes_winner")


class TemplateForm(forms.Form):
    """The template; `parts` are the formsets beside it: pots, amounts, strategies, prizes."""

    name = forms.CharField(max_length=200, help_text="As colleagues find it. Players see the name of the jackpot.")
    owner = forms.ChoiceField(help_text="The whole operator, or one brand.")
    jackpot_type = forms.ChoiceField(choices=JackpotType.choices, label="Type", required=False)
    currency = forms.CharField(max_length=3, min_length=3, help_text="ISO 4217, of all its amounts.")
    opt_in_required = forms.BooleanField(label="Players must opt in", required=False)
    contribution_kind = forms.ChoiceField(choices=ContributionKind.choices, label="Its amount is", required=False)
    contribution_micros = MicrosField(label="Contribution", help_text="What each one is, whatever the bet was.")
    household_ppm = PercentField(label="The house keeps, %", help_text="Pots and house together are 100 %.")
    operator_contribution_ppm = PercentField(label="The operator pays, %", initial="100")
    minimum_base_wager_micros = MicrosField(label="Smallest bet", required=False, help_text="Empty is any.")
    maximum_base_wager_micros = MicrosField(label="Largest bet", required=False, help_text="Empty is any.")
    ticket_price_micros = MicrosField(label="A ticket for each", required=False)
    ticket_metric = forms.ChoiceField(choices=TicketMetric.choices, label="of", required=False)
    duration_count = WholeField(label="A round lasts", highest=2**31 - 1)
    duration_unit = forms.ChoiceField(choices=DurationUnit.choices, label="Unit", required=False, initial="days")
    prizes_per_player = WholeField(
        label="Prizes a player may win", highest=2**31 - 1, initial="1", help_text="In a round. Empty is any number."
    )
    rolls_over = forms.BooleanField(
        label="What is left stays for the next round", required=False, help_text="Otherwise it returns to the house."
    )
    limited_share_to = forms.ChoiceField(
        choices=LimitedShareTo.choices, label="The share of a closed pot goes to", required=False
    )
    withhold_above_micros = MicrosField(
        label="Hold wins above", required=False, help_text="Two people then release or cancel them. Empty is never."
    )
    withhold_countries = WordsField(
        longest=2, upper=True, label="Hold wins of players from", help_text="Country codes: MT, SE."
    )
    community_unspent_to = forms.ChoiceField(
        choices=UnspentTo.choices, label="What finds nobody goes to", required=False
    )
    community_includes_winner = forms.BooleanField(label="The winner takes part", required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        request: OfficeRequest,
        initial: dict[str, Any] | None = None,
        parts: dict[str, list[dict[str, Any]]] | None = None,
        is_owner_fixed: bool = False,
    ) -> None:
        super().__init__(data, files, initial=initial)
        first = parts or {"pots": one_pot()}
        if data is not None:
            data = with_counts(data)
        self.parts: dict[str, Any] = {
            name: rows(data, prefix=name, initial=None if data is not None else first.get(name, []))
            for name, rows in FORMSETS.items()
        }
        owner = self.fields["owner"]
        owner.choices = owned_choices(request)  # type: ignore[attr-defined]
        if is_owner_fixed:
            del self.fields["owner"]

    @property
    def pots(self) -> Any:
        """The formset of the pots."""
        return self.parts["pots"]

    def is_valid(self) -> bool:
        """The template and every part."""
        return all([super().is_valid(), *(part.is_valid() for part in self.parts.values())])

    def clean_currency(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["currency"]).upper()

    def groups(self) -> list[tuple[str, str, str, list[forms.BoundField]]]:
        """(heading, the type it is for, a sentence, its fields)."""
        return [
            (title, kind, text, [self[name] for name in names if name in self.fields])
            for title, kind, text, names in GROUPS
        ]

    def others(self) -> list[tuple[PartWords, Any]]:
        """The parts beside the pots, with their formsets."""
        return [(words, self.parts[words.name]) for words in PART_WORDS]

    def more_fields(self) -> list[forms.BoundField]:
        """Limits and holds."""
        return [self[name] for name in MORE]

    def community_fields(self) -> list[forms.BoundField]:
        """What holds for all strategies."""
        return [self[name] for name in COMMUNITY]

    def draft(self, owner: str = "") -> TemplateDraft:
        """What was typed, once it is valid. `owner` where the form does not ask for one."""
        values: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name != "owner"}
        owner = self.cleaned_data.get("owner", owner)
        operator_id, _, brand = owner.partition(":")
        is_raffle = values["jackpot_type"] == JackpotType.RAFFLE
        # A field that the browser did not send has the value that a new template begins with.
        for name, usual in USUAL.items():
            values[name] = values[name] or usual
        if not is_raffle:
            values |= {"ticket_price_micros": None, "ticket_metric": "", "duration_count": None, "duration_unit": ""}
            values |= {"prizes_per_player": 1, "rolls_over": True}
        rows: dict[str, Any] = {
            "pots": [form.terms(at, is_raffle=is_raffle) for at, form in enumerate(self.pots.forms)],
            "amounts": self._terms("amounts"),
            "strategies": [] if is_raffle else self._terms("strategies"),
            "prizes": self._terms("prizes") if is_raffle else [],
        }
        values |= {name: tuple(terms) for name, terms in rows.items()}
        return TemplateDraft(operator_id=operator_id, brand_id=owner if brand else None, **values)

    def _terms(self, part: str) -> list[Any]:
        return [form.terms(position) for position, form in enumerate(self.parts[part].forms)]

    def found(self, path: str) -> Place | None:
        """Where a path of the rules ("pots.minor.share_ppm") stands in the form."""
        part, _, rest = path.partition(".")
        if part not in self.parts:
            return Place(self, part, str(self[part].label)) if part in self.fields else None
        key, _, name = rest.partition(".")
        for position, form in enumerate(self.parts[part].forms):
            if key and _key_of(part, form, position) == key:
                name = _STANDS_FOR.get(name, name)
                field = name if name in form.fields else next(iter(form.fields))
                return Place(form, field, f"{ROW_WORDS[part]} {key}, {form[field].label}")
        return None

    def place(self, refusal: Refusal) -> None:
        """Puts a refusal at its field, of the template or of a row, or above the form."""
        at = self.found(refusal.field or "")
        if at is None:
            self.add_error(None, refusal.message)
        else:
            at.form.add_error(at.field, refusal.message)

    def wrong(self) -> list[tuple[str, str, str]]:
        """Everything that cannot be read: (what it is about, the field's id or nothing, what is wrong)."""
        if not self.is_bound:
            return []
        found = [("", "", str(error)) for error in self.non_field_errors()]
        found += [(str(field.label), field.id_for_label, str(error)) for field in self for error in field.errors]
        for part, rows in self.parts.items():
            found += [("", "", str(error)) for error in rows.non_form_errors()]
            for number, form in enumerate(rows.forms, 1):
                found += [
                    (f"{ROW_WORDS[part]} {number}, {field.label}", field.id_for_label, str(error))
                    for field in form
                    for error in field.errors
                ]
        return found


USUAL = {
    "jackpot_type": JackpotType.JACKPOT.value,
    "contribution_kind": ContributionKind.FIXED.value,
    "limited_share_to": LimitedShareTo.POTS.value,
    "community_unspent_to": UnspentTo.SEED.value,
}
ROW_WORDS = {"pots": "Pot", "amounts": "Amount in", "strategies": "Strategy", "prizes": "Prize"}
_STANDS_FOR = {"period_seconds": "period_count"}


def _key_of(part: str, form: forms.Form, position: int) -> str:
    """How the rules name a row: a pot by its code, an amount by its currency, the others by their place."""
    given = getattr(form, "cleaned_data", {})
    if part == "pots":
        return str(given.get("code", ""))
    if part == "amounts":
        return str(given.get("currency", "")).upper()
    return str(position + (part == "prizes"))


def one_pot() -> list[dict[str, Any]]:
    """What a new template starts with."""
    return [{"code": "main", "kind": "value", "is_progressive": True, "seed_share_ppm": "0", "period_unit": "3600"}]


def with_counts(data: Any) -> Any:
    """What was sent, where a part that was not sent has no rows."""
    missing = [name for name in FORMSETS if f"{name}-TOTAL_FORMS" not in data]
    if not missing:
        return data
    whole = data.copy()
    for name in missing:
        whole[f"{name}-TOTAL_FORMS"] = whole[f"{name}-INITIAL_FORMS"] = "0"
    return whole
