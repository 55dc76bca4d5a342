"""Withhold a win; ask a second person to settle or to release it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse

from backoffice.accounts.players import shown_player
from backoffice.accounts.rights import has_right
from backoffice.core import clock
from backoffice.core.money import format_money
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmForm, ConfirmPage
from backoffice.web.found import found_or_404
from jackpots.models import Win
from jackpots.operations.request_cancellation import request_cancellation
from jackpots.operations.request_release import request_release
from jackpots.operations.request_settlement import request_settlement
from jackpots.operations.withhold_win import withhold_win
from jackpots.queries.wins import win


class WinAct(ConfirmPage):
    """The win of the address, and its figures."""

    right = "wins.withhold"

    @cached_property
    def win(self) -> Win:
        """Looked up in the viewer's scope; anything else is not there."""
        return found_or_404(lambda: win(self.request.scope, self.kwargs["win_id"]))

    def check_change(self) -> None:
        """The brand of the player."""
        self.request.scope.check_change(self.win.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the win."""
        return [("Winners", reverse("winners")), (self.subject(), self.cancel())]

    def cancel(self) -> str:
        """The win's page."""
        return reverse("winner", args=[self.win.pk])

    def subject(self) -> str:
        """`GBP 86.10 of Mega Lucky mini`."""
        row = self.win
        return f"{format_money(row.pay_micros, row.player_currency)} of {row.instance.name} {row.pot.code}"

    def player(self) -> str:
        """Whose it is, as the viewer may see it."""
        return f"{shown_player(self.request.user, self.win.player_id)} of {self.win.brand_id}"

    def cost(self) -> str:
        """What it costs, in the jackpot's currency."""
        return format_money(self.win.cost_micros, self.win.instance.currency)

    def after(self, approval: Any) -> str:
        """The request where the viewer may see it."""
        if has_right(self.request.user, "approvals.view"):
            return reverse("approval", args=[approval.pk])
        return self.cancel()


class WithholdWin(WinAct):
    """Owed to withheld, by one person."""

    title = "Withhold a win"
    submit_label = "Withhold it"
    danger = True
    done = "The win is withheld."

    def question(self) -> str:
        """Names it."""
        return f"Withhold {self.subject()} from {self.player()}?"

    def effects(self) -> Sequence[str]:
        """Where the money goes, and how it comes back."""
        return [
            f"{self.cost()} moves from payable to withheld; it stays in the liability.",
            "Partners see the win as withheld. Nothing is paid until a second person has released it.",
        ]

    def perform(self, reason: str) -> str:
        """Withholds it."""
        withhold_win(
            self.win.pk, reason=reason, scope=self.request.scope, actor=actor_of(self.request), now=clock.now()
        )
        return self.cancel()


class RequestRelease(WinAct):
    """Asks a second person to let it be owed again."""

    title = "Release a win"
    submit_label = "Ask for the release"
    done = "The release awaits a second person."

    def question(self) -> str:
        """Names it."""
        return f"Ask to release {self.subject()} for {self.player()}?"

    def effects(self) -> Sequence[str]:
        """Who decides, and what follows."""
        said = [
            "Nothing happens until a second person approves it; you cannot.",
            f"{self.cost()} then moves from withheld back to payable, and the win is owed again.",
        ]
        return [*said, f"It was withheld because: {self.win.state_reason}"] if self.win.state_reason else said

    def perform(self, reason: str) -> str:
        """Stores the request."""
        request = self.request
        approval = request_release(
            self.win.pk, reason=reason, requested_by=request.user, scope=request.scope, actor=actor_of(request),
            now=clock.now(),
        )  # fmt: skip
        return self.after(approval)


class RequestCancellation(WinAct):
    """Asks a second person to let nobody be owed it any more."""

    title = "Cancel a win"
    submit_label = "Ask for the cancellation"
    danger = True
    done = "The cancellation awaits a second person."

    def question(self) -> str:
        """Names it."""
        return f"Ask to cancel {self.subject()} for {self.player()}, for ever?"

    def effects(self) -> Sequence[str]:
        """Who decides, and what follows."""
        to_reserve = f"{self.cost()} then moves from withheld to the seed reserve of {self.win.pot.code}"
        said = [
            "Nothing happens until a second person approves it; you cannot.",
            f"{to_reserve}: it stays in the liability, and whoever wins the next cycle may get it.",
            "The player gets nothing, and it cannot be undone.",
        ]
        return [*said, f"It was withheld because: {self.win.state_reason}"] if self.win.state_reason else said

    def perform(self, reason: str) -> str:
        """Stores the request."""
        request = self.request
        approval = request_cancellation(
            self.win.pk, reason=reason, requested_by=request.user, scope=request.scope, actor=actor_of(request),
            now=clock.now(),
        )  # fmt: skip
        return self.after(approval)


class SettlementForm(ConfirmForm):
    """The reference of the payment beside the reason."""

    reference = forms.CharField(
        max_length=200,
        help_text="What finds the payment again: the id of the transaction in the wallet or at the bank.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("reference", "reason")


class RequestSettlement(WinAct):
    """Asks a second person to mark it as paid."""

    right = "wins.settle"
    title = "Settle a win"
    submit_label = "Ask for the settlement"
    done = "The settlement awaits a second person."

    def question(self) -> str:
        """Names it."""
        return f"Ask to settle {self.subject()} for {self.player()}?"

    def effects(self) -> Sequence[str]:
        """Who decides, and what follows."""
        return [
            "Nothing happens until a second person approves it; you cannot.",
            f"The win is then settled for ever, with your reference, and {self.cost()} leaves the liability.",
            "Potluck pays nobody: pay the player first, then name the payment here.",
        ]

    def make_form(self, data: Any = None) -> SettlementForm:
        """With the reference."""
        return SettlementForm(data)

    def perform(self, reason: str) -> str:
        """Stores the request."""
        request = self.request
        approval = request_settlement(
            self.win.pk, reference=request.POST.get("reference", ""), reason=reason, requested_by=request.user,
            scope=request.scope, actor=actor_of(request), now=clock.now(),
        )  # fmt: skip
        return self.after(approval)
