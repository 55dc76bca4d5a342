"""Let leave what a jackpot that is over still holds: where it may go, and the request."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse

from backoffice.core import clock
from backoffice.core.money import format_money
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmForm
from jackpots.models import Instance, Pot
from jackpots.operations.request_sweep import Destination, request_sweep
from jackpots.queries.left_over import Left, left_over, may_return, pots_to_feed
from jackpots.rules.states import is_final
from jackpots.web.columns import shown_state
from jackpots.web.instance_acts import InstanceAct

HOUSE = "house"


def left_of(row: Instance) -> Left | None:
    """What a jackpot that is over still holds; None while it runs, and where nothing is left."""
    if not is_final(shown_state(row)):
        return None
    left = left_over(row)
    return left if left.total_micros else None


class SweepForm(ConfirmForm):
    """Where to, and why."""

    to = forms.ChoiceField(label="Where it goes")
    field_order = ("to", "reason")

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "Choose…"), *choices]  # type: ignore[attr-defined]


class SweepInstance(InstanceAct):
    """`/office/instances/<id>/left/`: asks a second person to transfer it."""

    title = "Transfer what is left"
    template_name = "jackpots/sweep.html"
    submit_label = "Ask for the transfer"
    danger = True
    done = "The transfer awaits a second person."

    @cached_property
    def left(self) -> Left:
        """What it holds."""
        return left_over(self.instance)

    @cached_property
    def targets(self) -> list[Pot]:
        """The pots that may take it over."""
        return list(pots_to_feed(self.request.scope, self.instance))

    def choices(self) -> list[tuple[str, str]]:
        """The house, where it paid all of it; then pots."""
        house = [(HOUSE, "Back to the house's funding")] if may_return(self.instance) else []
        return house + [(str(pot.pk), f"{pot.instance.name}: seed reserve of {pot.code}") for pot in self.targets]

    def make_form(self, data: Any = None) -> SweepForm:
        """With the choices."""
        return SweepForm(data, choices=self.choices())

    def question(self) -> str:
        """Names it, in figures."""
        amount = format_money(self.left.total_micros, self.instance.currency)
        return f"Ask to transfer {amount} that {self.instance.name} has left?"

    def effects(self) -> Sequence[str]:
        """Who decides, and what each way does."""
        said = ["Nothing happens until a second person approves it; you cannot."]
        if may_return(self.instance):
            said.append("Back to the house's funding: it leaves the liability. The house paid all of it.")
        else:
            said.append("Players paid a part of it, so it can only go to a pot that players can win.")
        return [
            *said,
            "To a pot of the same owner and currency: it stays in the liability and feeds that pot's next start.",
            "What goes is what pots, reserves and boosts hold when it is approved; owed and withheld wins stay.",
        ]

    def context(self) -> dict[str, Any]:
        """The pots that hold something."""
        return {**super().context(), "left": self.left.pots}

    def act(self, form: Any) -> str:
        """Stores the request."""
        to = form.cleaned_data["to"]
        approval = request_sweep(
            self.instance.pk, Destination(None if to == HOUSE else UUID(to)), reason=form.cleaned_data["reason"],
            requested_by=self.request.user, scope=self.request.scope, actor=actor_of(self.request), now=clock.now(),
        )  # fmt: skip
        return reverse("approval", args=[approval.pk])
