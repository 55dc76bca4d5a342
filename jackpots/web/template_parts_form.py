"""The parts of a draft as people type them: pots, amounts by currency, community strategies, prizes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms

from jackpots.models import PotKind, PrizeKind, StrategyKind, StrategySplit, TimeRule
from jackpots.rules.template import MAX_POTS
from jackpots.rules.terms import AmountTerms, PotTerms, PrizeTerms, StrategyTerms
from jackpots.web.fields import AmountsField, MicrosField, PercentField, WeightsField, WholeField

PERIOD_UNITS = {"60": "minutes", "3600": "hours", "86400": "days", "604800": "weeks"}
_OF_KIND = {
    "value": ("value_from_micros", "value_to_micros", "segments"),
    "probability": ("max_magic_number", "cost_per_attempt_micros", "ceiling_micros"),
    "time": ("time_rule", "period_seconds", "ceiling_micros"),
    "raffle": ("ceiling_micros",),
}
_EMPTY: dict[str, Any] = {"segments": (), "time_rule": ""}


class PartForm(forms.Form):
    """A row of a part. `kinds` says with which kinds of row a field is shown; the others are ignored."""

    kinds: ClassVar[Mapping[str, str]] = {}

    def shown(self) -> list[tuple[forms.BoundField, str]]:
        """The fields in their order, each with the kinds it belongs to; empty means all."""
        return [(self[name], self.kinds.get(name, "")) for name in self.fields]


class PotForm(PartForm):
    """One pot."""

    kinds = {
        "value_from_micros": "value", "value_to_micros": "value", "segments": "value",
        "max_magic_number": "probability", "cost_per_attempt_micros": "probability",
        "time_rule": "time", "period_count": "time", "period_unit": "time",
        "ceiling_micros": "probability time raffle", "is_progressive": "probability time",
        "max_drops": "value probability time", "allows_external_trigger": "value probability time",
    }  # fmt: skip

    code = forms.SlugField(max_length=40, help_text="Small letters: mini, mega. Players' pages use it.")
    kind = forms.ChoiceField(
        choices=[choice for choice in PotKind.choices if choice[0] != PotKind.RAFFLE],
        label="Drops",
        required=False,
        initial=PotKind.VALUE,
    )
    share_ppm = PercentField(label="Share of a contribution, %")
    value_from_micros = MicrosField(label="Drops from", required=False)
    value_to_micros = MicrosField(label="Drops up to", required=False, help_text="It drops between these two.")
    segments = WeightsField(
        label="Weights", help_text="Of equal parts between the two: 10, 20, 50. Empty is the same everywhere."
    )
    max_magic_number = WholeField(label="Odds: one in", highest=2**62)
    cost_per_attempt_micros = MicrosField(
        label="for each contributed", required=False, help_text="Twice as much contributed is twice the chance."
    )
    time_rule = forms.ChoiceField(choices=TimeRule.choices, label="Won by", required=False)
    period_count = WholeField(label="Once every", highest=600_000)
    period_unit = forms.ChoiceField(choices=list(PERIOD_UNITS.items()), label="Unit", required=False, initial="3600")
    initial_seed_micros = MicrosField(label="First seed", initial="0")
    min_reseed_micros = MicrosField(label="Later seeds", initial="0", help_text="What it starts with after a drop.")
    seed_share_ppm = PercentField(
        label="Of its share for seeds, %", initial="0", help_text="Until the next seed is collected."
    )
    ceiling_micros = MicrosField(label="Ceiling", required=False, help_text="What is over goes to its next seed.")
    max_drops = WholeField(label="Drops at most", highest=2**31 - 1, help_text="Then it closes. Empty is no limit.")
    is_progressive = forms.BooleanField(label="Grows with contributions", required=False, initial=True)
    allows_external_trigger = forms.BooleanField(label="Can be armed from outside", required=False)

    def terms(self, position: int, *, is_raffle: bool = False) -> PotTerms:
        """The pot as the rules take it, once the form is valid."""
        given = dict(self.cleaned_data)
        kind = PotKind.RAFFLE.value if is_raffle else given["kind"] or PotKind.VALUE.value
        count, unit = given.pop("period_count"), int(given.pop("period_unit") or "3600")
        given["period_seconds"] = count * unit if count else None
        for name in {name for names in _OF_KIND.values() for name in names} - set(_OF_KIND[kind]):
            given[name] = _EMPTY.get(name)
        if kind in ("value", "raffle"):
            given["is_progressive"] = True
        if kind == "raffle":
            given |= {"max_drops": None, "allows_external_trigger": False}
        return PotTerms(**(given | {"kind": kind, "position": position}))


class AmountForm(PartForm):
    """What a contribution is in one currency of the players."""

    currency = forms.CharField(min_length=3, max_length=3, help_text="Of the players.")
    default_micros = MicrosField(label="Contribution")
    minimum_micros = MicrosField(label="Smallest")
    maximum_micros = MicrosField(label="Largest")
    allowed_micros = AmountsField(label="Only these", help_text="0.10, 0.50, 1. Empty allows all between.")

    def terms(self, _position: int) -> AmountTerms:
        """As the rules take it."""
        return AmountTerms(**(self.cleaned_data | {"currency": self.cleaned_data["currency"].upper()}))


class StrategyForm(PartForm):
    """Whom a part of a won pot goes to."""

    kinds = {"hours": "active"}

    kind = forms.ChoiceField(choices=StrategyKind.choices, label="To")
    share_ppm = PercentField(label="Share of the pot, %")
    count = WholeField(label="Players", highest=2**31 - 1, required=True)
    hours = WholeField(label="Active in the last hours", highest=2**31 - 1)
    split = forms.ChoiceField(choices=StrategySplit.choices, label="Divided")

    def terms(self, position: int) -> StrategyTerms:
        """As the rules take it."""
        given = dict(self.cleaned_data)
        if given["kind"] != StrategyKind.ACTIVE:
            given["hours"] = None
        return StrategyTerms(position=position, **given)


class PrizeForm(PartForm):
    """A rank of a raffle's prizes; the first row is the first prize."""

    kinds = {"amount_micros": "amount", "share_ppm": "share"}

    kind = forms.ChoiceField(choices=PrizeKind.choices, label="Worth")
    amount_micros = MicrosField(label="Amount", required=False)
    share_ppm = PercentField(label="Share of the pot, %", required=False)
    count = WholeField(label="Winners", highest=2**31 - 1, required=True, initial=1)

    def terms(self, position: int) -> PrizeTerms:
        """As the rules take it."""
        given = dict(self.cleaned_data)
        other = "share_ppm" if given["kind"] == PrizeKind.AMOUNT else "amount_micros"
        given |= {name: given[name] or 0 for name in ("amount_micros", "share_ppm")} | {other: 0}
        return PrizeTerms(rank=position + 1, **given)


class BasePots(forms.BaseFormSet[PotForm]):
    """All pots in their order."""

    def clean(self) -> None:
        """There must be one."""
        if not self.forms:
            raise forms.ValidationError("A template needs a pot.")


def _rows(form: type[PartForm], most: int, base: Any = forms.BaseFormSet) -> Any:
    return forms.formset_factory(form, formset=base, extra=0, max_num=most, absolute_max=most, validate_max=True)


MOST = {"pots": MAX_POTS, "amounts": 60, "strategies": 10, "prizes": 50}
FORMS: dict[str, type[PartForm]] = {
    "pots": PotForm,
    "amounts": AmountForm,
    "strategies": StrategyForm,
    "prizes": PrizeForm,
}
FORMSETS: dict[str, Any] = {
    name: _rows(form, MOST[name], BasePots if name == "pots" else forms.BaseFormSet) for name, form in FORMS.items()
}
# What a row that is added begins with.
FRESH: dict[str, dict[str, str]] = {
    "pots": {
        "kind": "value",
        "is_progressive": "on",
        "seed_share_ppm": "0",
        "initial_seed_micros": "0",
        "min_reseed_micros": "0",
        "period_unit": "3600",
    },
    "amounts": {},
    "strategies": {"kind": "active", "split": "equal", "count": "10", "hours": "24"},
    "prizes": {"kind": "share", "count": "1"},
}


@dataclass(frozen=True)
class Place:
    """A field of the form or of one of its rows, and what people call it."""

    form: forms.Form
    field: str
    label: str

    @property
    def anchor(self) -> str:
        """The id of its input."""
        return str(self.form[self.field].id_for_label)


@dataclass(frozen=True)
class PartWords:
    """What people call a part of the form, and the type of template that has it; empty is both."""

    name: str
    title: str
    kind: str
    text: str
    one: str


PART_WORDS = (
    PartWords(
        "amounts", "Amounts by currency", "",
        "Where players of a currency contribute, or choose, another amount than it converts to.", "currency",
    ),
    PartWords(
        "strategies", "Community payouts", "Jackpot",
        "Parts of a won pot that go to other players; the winner has the rest.", "strategy",
    ),
    PartWords(
        "prizes", "Prizes", "Raffle",
        "The first row is the first prize. Tickets are drawn and not put back.", "prize",
    ),
)  # fmt: skip
