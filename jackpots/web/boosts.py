"""Boost the next start of a jackpot's pots, or take back what was not spent: a request for each pot."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from backoffice.accounts.rights import has_right
from backoffice.approvals.models import Approval
from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.core.money import format_money
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmForm
from backoffice.web.found import found_or_404
from backoffice.web.page import OfficeView
from jackpots.models import Pot
from jackpots.operations.change_pot import terms_of_pot
from jackpots.operations.request_boost import request_boost
from jackpots.operations.request_boost_refund import request_boost_refund
from jackpots.operations.request_boosts import request_boosts
from jackpots.queries.pots import pot
from jackpots.rules.seeding import Reseed, reseed
from jackpots.web.fields import MicrosField
from jackpots.web.instance_acts import InstanceAct
from jackpots.web.phrases import sentence_list


class AmountsForm(ConfirmForm):
    """An amount for each pot, and the reason."""

    def __init__(self, *args: Any, pots: Sequence[Pot], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in pots:
            self.fields[f"pot-{row.code}"] = MicrosField(
                label=row.code, required=False, help_text=f"In {currency}. Empty leaves the pot alone."
            )
        self.order_fields([f"pot-{row.code}" for row in pots])


class PotAmounts(InstanceAct):
    """A form with a field for each pot that has something to say."""

    template_name = "jackpots/boosts.html"

    def offered(self) -> Sequence[Pot]:
        """The pots to choose from."""
        raise NotImplementedError

    def ask(self, pot_id: UUID, amount_micros: int, reason: str) -> Approval:
        """Stores the request for one pot."""
        raise NotImplementedError

    def make_form(self, data: Any = None) -> AmountsForm:
        """A field for each pot."""
        return AmountsForm(data, pots=self.offered(), currency=self.instance.currency)

    def act(self, form: Any) -> str:
        """A request for each amount; all of them, or none."""
        typed = {row.pk: form.cleaned_data.get(f"pot-{row.code}") for row in self.offered()}
        wanted = {pot_id: amount for pot_id, amount in typed.items() if amount}
        if not wanted:
            raise Refusal("INVALID_REQUEST", "Type an amount for a pot.")
        reason = form.cleaned_data["reason"]
        made = request_boosts(wanted, lambda pot_id, amount: self.ask(pot_id, amount, reason))
        if len(made) == 1 and has_right(self.request.user, "approvals.view"):
            return reverse("approval", args=[made[0].pk])
        return f"{reverse('approvals')}?state=pending"

    def context(self) -> dict[str, Any]:
        """The pots as they stand, and how each would start if it dropped now."""
        return {**super().context(), "rows": [(row, _next_start(row)) for row in self.instance.pots.all()]}


def _next_start(row: Pot) -> Reseed | None:
    terms = terms_of_pot(row)
    return reseed(terms, row.seed_micros, row.boost_micros) if terms else None


class BoostPots(PotAmounts):
    """Asks a second person to put money beside pots."""

    title = "Boost seeds"
    submit_label = "Ask for the boost"
    done = "The boost awaits a second person."

    def offered(self) -> Sequence[Pot]:
        """All."""
        return list(self.instance.pots.all())

    def question(self) -> str:
        """Names the jackpot."""
        return f"Ask to boost the next start of pots of {self.instance.name}?"

    def effects(self) -> Sequence[str]:
        """Who decides, where the money goes, what it does not do."""
        return [
            "Nothing happens until a second person approves it; you cannot. Each pot is a request of its own.",
            "The money leaves the house's funding and lies beside the pot; it counts in the liability from then on.",
            "What can be won now does not change. The pot's next start spends the boost before the reserve.",
            "What is not spent can be refunded, by two people again.",
        ]

    def ask(self, pot_id: UUID, amount_micros: int, reason: str) -> Approval:
        """A boost."""
        return request_boost(
            pot_id, amount_micros=amount_micros, reason=reason, requested_by=self.request.user,
            scope=self.request.scope, actor=actor_of(self.request), now=clock.now(),
        )  # fmt: skip


class RefundBoosts(PotAmounts):
    """Asks a second person to give unspent boosts back to the house."""

    title = "Refund a boost"
    submit_label = "Ask for the refund"
    done = "The refund awaits a second person."

    def offered(self) -> Sequence[Pot]:
        """Those with a boost."""
        return [row for row in self.instance.pots.all() if row.boost_micros]

    def question(self) -> str:
        """Names the jackpot."""
        return f"Ask to refund unspent boosts of {self.instance.name}?"

    def effects(self) -> Sequence[str]:
        """How much there is, who decides, where it goes."""
        currency = self.instance.currency
        held = [f"{row.code} {format_money(row.boost_micros, currency)}" for row in self.offered()]
        first = f"Unspent boosts: {sentence_list(held)}." if held else "No pot has an unspent boost."
        return [
            first,
            "Nothing happens until a second person approves it; you cannot. Each pot is a request of its own.",
            "The money returns to the house's funding and leaves the liability; what can be won now does not change.",
        ]

    def ask(self, pot_id: UUID, amount_micros: int, reason: str) -> Approval:
        """A refund."""
        return request_boost_refund(
            pot_id, amount_micros=amount_micros, reason=reason, requested_by=self.request.user,
            scope=self.request.scope, actor=actor_of(self.request), now=clock.now(),
        )  # fmt: skip


class PotPage(OfficeView):
    """A pot's own address: where its jackpot shows it."""

    right = "instances.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """To the jackpot's pots."""
        row = found_or_404(lambda: pot(self.request.scope, kwargs["pot_id"]))
        return HttpResponseRedirect(reverse("instance_pots", args=[row.instance_id]))
