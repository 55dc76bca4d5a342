"""Credits: raffle prizes and community payouts, whom they are owed to, and the act that settles a group of them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from backoffice.accounts.players import shown_player
from backoffice.accounts.rights import has_right
from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.core import clock
from backoffice.core.money import format_money
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmPage
from backoffice.web.found import found_or_404
from backoffice.web.lists import Empty
from backoffice.web.page import Action
from backoffice.web.tables import IdColumn, MenuColumn, MoneyColumn, NumberColumn, OfficeTable, StateColumn, WhenColumn
from jackpots.models import Credit, CreditKind, CreditState
from jackpots.operations.request_credit_cancellation import request_credit_cancellation
from jackpots.operations.request_credit_release import request_credit_release
from jackpots.operations.request_credits_settlement import amounts, request_credits_settlement, title_of
from jackpots.queries.credits import credit_group, credits_in
from jackpots.web.columns import PlayerColumn
from jackpots.web.contributions import own_instances
from jackpots.web.endless import EndlessList
from jackpots.web.filters import ScopedFilter, brand_filter, period
from jackpots.web.winner_acts import SettlementForm


def group_address(record: Credit) -> str:
    """All credits of the same round or win."""
    return f"{reverse('credits')}?group={record.group_id}"


def credit_acts(credit: Credit) -> list[Action]:
    """What can be asked for while it is withheld; all that is owed is settled by group."""
    if credit.state != CreditState.WITHHELD:
        return []
    key = [credit.pk]
    return [
        Action("Request release", reverse("credit_release", args=key), "lock-open", "wins.withhold"),
        Action("Request cancellation", reverse("credit_cancel", args=key), "ban", "wins.withhold", danger=True),
    ]


class CreditTable(OfficeTable):
    """A credit a row."""

    owed_at = WhenColumn(verbose_name="Owed since", linkify=group_address)
    player_id = PlayerColumn(verbose_name="Player")
    instance = tables.Column(
        accessor="instance__name",
        verbose_name="Jackpot",
        linkify=lambda record: reverse("instance", args=[record.instance_id]),
    )
    kind = tables.Column(accessor="get_kind_display", verbose_name="For")
    cycle = NumberColumn(verbose_name="Round or cycle")
    prize_rank = NumberColumn(verbose_name="Rank", default="")
    ticket_number = NumberColumn(verbose_name="Ticket", default="")
    value_micros = MoneyColumn(verbose_name="Worth", currency="instance__currency")
    pay_micros = MoneyColumn(verbose_name="Player gets", currency="player_currency")
    state = StateColumn()
    brand_id = tables.Column(verbose_name="Brand")
    reference = tables.Column(default="")
    id = IdColumn(verbose_name="Credit")
    menu = MenuColumn(lambda record, _: credit_acts(record))
    hidden = ("id", "reference")

    class Meta(OfficeTable.Meta):
        orderable = False
        sequence = (
            "owed_at", "player_id", "instance", "kind", "cycle", "prize_rank", "ticket_number", "value_micros",
            "pay_micros", "state", "brand_id", "reference", "id", "menu",
        )  # fmt: skip

    def row_address(self, record: Credit) -> str:
        """The whole group."""
        return group_address(record)


class CreditFilter(ScopedFilter):
    """By state, kind, brand, jackpot, group, player, days."""

    player_fields = ("player",)
    state = django_filters.ChoiceFilter(choices=CreditState.choices, label="State", empty_label="All")
    kind = django_filters.ChoiceFilter(choices=CreditKind.choices, label="For", empty_label="All")
    brand = brand_filter()
    instance = django_filters.ModelChoiceFilter(queryset=own_instances, label="Jackpot", empty_label="All")
    group = django_filters.UUIDFilter(field_name="group_id", label="Round or win")
    credit = django_filters.UUIDFilter(field_name="id", label="Credit")
    player = django_filters.CharFilter(field_name="player_id", label="Player")
    days = period("owed_at")


class CreditList(EndlessList):
    """`/office/credits/`."""

    title = "Credits"
    right = "wins.view"
    table_class = CreditTable
    filter_class = CreditFilter
    time_field = "owed_at"
    lead_in = (
        "Raffle prizes and community payouts. They are owed until a second person has settled all of a round, or of a "
        "win, with the reference of the payment."
    )

    def rows(self) -> QuerySet[Credit]:
        """Of the viewer's brands."""
        return credits_in(self.request.scope).order_by("-owed_at", "-id")

    def actions(self) -> Sequence[Action]:
        """Settling the group that is looked at."""
        group = self.request.GET.get("group", "")
        try:
            rows = credit_group(self.request.scope, group) if group else []
        except Exception:  # noqa: BLE001 - whatever is wrong with the address, there is nothing to settle
            rows = []
        if not any(row.state == CreditState.OWED for row in rows):
            return []
        address = reverse("credits_settle", args=[rows[0].group_id])
        return [Action("Request settlement", address, "send", "wins.settle")]

    def empty(self) -> Empty:
        """What starts it."""
        text = "They appear when a round of a raffle is drawn, or when a pot that is shared with the community drops."
        return Empty("No credits yet", text, Action("Raffles", reverse("raffles"), "ticket"), "trophy")


class SettleCredits(ConfirmPage):
    """`/office/credits/<group>/settle/`: asks a second person to mark all that is owed of it as paid."""

    right = "wins.settle"
    title = "Settle credits"
    submit_label = "Ask for the settlement"
    done = "The settlement awaits a second person."

    @cached_property
    def group(self) -> list[Credit]:
        """The credits of the address, in the viewer's scope."""
        return found_or_404(lambda: credit_group(self.request.scope, self.kwargs["group_id"]))

    @property
    def owed(self) -> list[Credit]:
        """What is to be paid."""
        return [row for row in self.group if row.state == CreditState.OWED]

    def check_change(self) -> None:
        """The brands of all its players."""
        self.request.scope.check_change_of({row.brand_id for row in self.group})

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the group."""
        return [("Credits", reverse("credits")), (title_of(self.group[0]), self.cancel())]

    def cancel(self) -> str:
        """The group."""
        return group_address(self.group[0])

    def question(self) -> str:
        """Names it."""
        return f"Ask to settle {len(self.owed):,} credits of {title_of(self.group[0])}?"

    def effects(self) -> Sequence[str]:
        """How much, who decides."""
        return [
            f"To be paid: {', '.join(amounts(self.owed)) or 'nothing'}.",
            "Nothing happens until a second person approves it; you cannot.",
            "What is withheld, or has no rate for its player's currency, stays as it is.",
        ]

    def make_form(self, data: Any = None) -> SettlementForm:
        """With the reference of the payment."""
        return SettlementForm(data)

    def act(self, form: Any) -> str:
        """Stores the request."""
        request = self.request
        approval = request_credits_settlement(
            self.group[0].group_id,
            reference=form.cleaned_data["reference"],
            reason=form.cleaned_data["reason"],
            requested_by=request.user,
            scope=request.scope,
            actor=actor_of(request),
            now=clock.now(),
        )
        if has_right(request.user, "approvals.view"):
            return reverse("approval", args=[approval.pk])
        return self.cancel()


class CreditAct(ConfirmPage):
    """One withheld credit, and its figures."""

    right = "wins.withhold"

    @cached_property
    def credit(self) -> Credit:
        """The credit of the address, in the viewer's scope."""
        rows = credits_in(self.request.scope).filter(pk=self.kwargs["credit_id"])
        found = rows.first()
        if found is None:
            raise Http404("There is no such credit.")
        return found

    def check_change(self) -> None:
        """The brand of the player."""
        self.request.scope.check_change(self.credit.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the group."""
        return [("Credits", reverse("credits")), (title_of(self.credit), self.cancel())]

    def cancel(self) -> str:
        """The group."""
        return group_address(self.credit)

    def subject(self) -> str:
        """`EUR 9.00 of Daily Bonanza, round 3 for player_00001 of brand1`."""
        row = self.credit
        whose = f"{shown_player(self.request.user, row.player_id)} of {row.brand_id}"
        return f"{format_money(row.pay_micros, row.player_currency)} of {title_of(row)} for {whose}"

    def cost(self) -> str:
        """What it costs, in the jackpot's currency."""
        return format_money(self.credit.cost_micros, self.credit.instance.currency)

    def perform(self, reason: str) -> str:
        """Stores the request."""
        request = self.request
        approval = self.ask(reason, requested_by=request.user, actor=actor_of(request))
        return reverse("approval", args=[approval.pk]) if has_right(request.user, "approvals.view") else self.cancel()

    def ask(self, reason: str, *, requested_by: StaffUser, actor: Actor) -> Approval:
        """The operation."""
        raise NotImplementedError


class ReleaseCredit(CreditAct):
    """`/office/credits/<id>/release/`."""

    title = "Release a credit"
    submit_label = "Ask for the release"
    done = "The release awaits a second person."

    def question(self) -> str:
        """Names it."""
        return f"Ask to release {self.subject()}?"

    def effects(self) -> Sequence[str]:
        """Who decides, and what follows."""
        return [
            "Nothing happens until a second person approves it; you cannot.",
            f"{self.cost()} then moves from withheld to payable, and the credit is owed again.",
        ]

    def ask(self, reason: str, *, requested_by: StaffUser, actor: Actor) -> Approval:
        """Withheld to owed."""
        return request_credit_release(
            self.credit.pk, reason=reason, requested_by=requested_by, scope=self.request.scope, actor=actor,
            now=clock.now(),
        )  # fmt: skip


class CancelCredit(CreditAct):
    """`/office/credits/<id>/cancel/`."""

    title = "Cancel a credit"
    submit_label = "Ask for the cancellation"
    danger = True
    done = "The cancellation awaits a second person."

    def question(self) -> str:
        """Names it."""
        return f"Ask to cancel {self.subject()}, for ever?"

    def effects(self) -> Sequence[str]:
        """Who decides, and what follows."""
        return [
            "Nothing happens until a second person approves it; you cannot.",
            f"{self.cost()} then moves from withheld to the seed reserve of {self.credit.pot.code}.",
            "The player gets nothing, and it cannot be undone.",
        ]

    def ask(self, reason: str, *, requested_by: StaffUser, actor: Actor) -> Approval:
        """Withheld to cancelled."""
        return request_credit_cancellation(
            self.credit.pk, reason=reason, requested_by=requested_by, scope=self.request.scope, actor=actor,
            now=clock.now(),
        )  # fmt: skip
