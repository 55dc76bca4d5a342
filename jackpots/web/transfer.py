"""One transfer of the ledger, line by line."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse

from backoffice.accounts.players import shown_player
from backoffice.accounts.rights import has_right
from backoffice.web.objects import Fact, ObjectPage
from backoffice.web.render import when_exactly
from jackpots.queries.ledger import lines, transfers
from jackpots.queries.statistics import contributions_of_transfer
from jackpots.queries.wins import wins

SHOWN = 100
OF_A_WIN = {"win", "rounding", "reseed", "settlement", "withholding", "release", "cancellation", "community"}
BY_TWO = {"boost", "boost_refund", "switch", "sweep"}


class TransferPage(ObjectPage):
    """`/office/transfers/<id>/`."""

    right = "ledger.view"
    template_name = "jackpots/transfer.html"

    @cached_property
    def transfer(self) -> Any:
        """The transfer of the address, of the viewer's operator."""
        found = transfers(self.request.scope).filter(pk=self.kwargs["transfer_id"]).first()
        if found is None:
            raise Http404("There is no such transfer.")
        return found

    def name(self) -> str:
        """By its kind."""
        return f"{self.transfer.get_kind_display()} transfer"

    def facts(self) -> Sequence[Fact]:
        """Id, jackpot, when, why."""
        row = self.transfer
        facts = [
            Fact("Id", str(row.pk), copy=str(row.pk)),
            Fact("Jackpot", row.instance.name, url=reverse("instance", args=[row.instance_id])),
            Fact("Posted", when_exactly(row.occurred_at)),
            Fact("Currency", row.currency),
        ]
        return [*facts, Fact("Reason", row.reason)] if row.reason else facts

    def context(self) -> dict[str, Any]:
        """Its lines, what comes in and what goes out; and what it was made for."""
        row = self.transfer
        found = list(lines(self.request.scope, since=row.occurred_at).filter(transfer_id=row.pk))
        total = sum(line.amount_micros for line in found)
        made = contributions_of_transfer(self.request.scope, row.pk, row.transaction_id, SHOWN + 1)
        is_of_a_win = row.kind in OF_A_WIN and wins(self.request.scope).filter(pk=row.subject_id).exists()
        return {
            **super().context(),
            "transfer": row,
            "lines": found,
            "total": total,
            "approval_url": self._approval_url(),
            "win_url": reverse("winner", args=[row.subject_id]) if is_of_a_win else "",
            "contributions": [(one, shown_player(self.request.user, one.player_id)) for one in made[:SHOWN]],
            "has_more": len(made) > SHOWN,
        }

    def _approval_url(self) -> str:
        """What moved it by hand; empty where nobody did, or where the viewer may not see requests."""
        row = self.transfer
        if row.kind not in BY_TWO or not has_right(self.request.user, "approvals.view"):
            return ""
        return reverse("approval", args=[row.subject_id])
