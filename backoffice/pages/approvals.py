"""One inbox for everything that needs a second person, and the page on which the second person decides."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from backoffice import subscriptions
from backoffice.accounts.players import shown_players
from backoffice.accounts.rights import has_right
from backoffice.accounts.viewer import scope_of
from backoffice.approvals.models import Approval, ApprovalState
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.approvals.operations.withdraw_approval import withdraw_approval
from backoffice.approvals.queries import approval, approvals, waiting_for
from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.pages.evidence import Words, shown_evidence
from backoffice.web.actor import actor_of
from backoffice.web.filters import OfficeFilter
from backoffice.web.forms import helper, refuse
from backoffice.web.lists import Empty, ListPage
from backoffice.web.objects import Fact, ObjectPage, changes
from backoffice.web.page import reason_of
from backoffice.web.render import when, when_exactly
from backoffice.web.tables import OfficeTable, StateColumn, WhenColumn

KIND_WORDS = {
    "template.publish": "Publish a template",
    "policy.change": "Change the simulation policy",
    "instance.terminate": "Terminate a jackpot",
    "win.settle": "Settle a win",
    "win.release": "Release a withheld win",
    "win.cancel": "Cancel a withheld win",
    "credits.settle": "Settle the credits of a round or a win",
    "credit.release": "Release a withheld credit",
    "credit.cancel": "Cancel a withheld credit",
    "pot.boost": "Boost a seed",
    "pot.refund_boost": "Refund a seed boost",
    "instance.switch": "Switch a jackpot's model",
    "instance.sweep": "Transfer what is left",
    "integration.connect": "Connect an integration",
    "player.erase": "Erase a player",
    "staff.password_reset": "Choose a password anew",
}
OBJECT_PAGES = {
    "template": "template",
    "instance": "instance",
    "win": "winner",
    "pot": "pot",
    "integration": "integration",
    "player": "player",
    "staff": "staff_member",
}
# Where the object has no page of its own: a page's name, and the query that finds it there.
OBJECT_LISTS = {"policy": ("simulation_policy", ""), "credits": ("credits", "group"), "credit": ("credits", "credit")}


def kind_word(kind: str) -> str:
    """What people call a kind of request."""
    return KIND_WORDS.get(kind, kind.replace(".", ": ").replace("_", " ").capitalize())


def object_address(asked: Approval) -> str:
    """The page of what is asked about; empty where there is none."""
    kind = asked.kind.partition(".")[0]
    name = OBJECT_PAGES.get(kind, "")
    try:
        if kind in OBJECT_LISTS:
            page, query = OBJECT_LISTS[kind]
            return reverse(page) + (f"?{query}={asked.object_id}" if query else "")
        return reverse(name, args=[asked.object_id]) if name else ""
    except NoReverseMatch:
        return ""


class ApprovalFilter(OfficeFilter):
    """Whose turn, which state, which kind."""

    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label="Title")
    turn = django_filters.ChoiceFilter(
        label="Whose turn", method="by_turn", choices=[("mine", "Waits for me"), ("asked", "Asked by me")]
    )
    state = django_filters.ChoiceFilter(label="State", choices=ApprovalState.choices)
    kind = django_filters.ChoiceFilter(
        label="Kind", choices=lambda: [(k, kind_word(k)) for k in subscriptions.APPROVALS]
    )

    def by_turn(self, rows: QuerySet[Approval], _name: str, value: str) -> QuerySet[Approval]:
        """What waits for the viewer, or what the viewer asked for."""
        request: Any = self.request
        if value == "mine":
            return rows.filter(pk__in=waiting_for(request.user, request.scope).values("pk"))
        return rows.filter(requested_by=request.user)


class ApprovalTable(OfficeTable):
    """Requests, newest first."""

    title = tables.Column(verbose_name="What", linkify=lambda record: reverse("approval", args=[record.pk]))
    kind = tables.Column()
    state = StateColumn(accessor="state")
    requested_by = tables.Column(accessor="requested_by__email", verbose_name="Asked by")
    requested_at = WhenColumn(verbose_name="Asked")
    reason = tables.Column(verbose_name="Why", attrs={"td": {"class": "wrap"}})
    decided_by = tables.Column(accessor="decided_by__email", verbose_name="Decided by")
    decided_at = WhenColumn(verbose_name="Decided")
    operator = tables.Column(accessor="operator_id")
    hidden = ("operator",)

    class Meta(OfficeTable.Meta):
        """The order of the columns."""

        sequence = (
            "title",
            "state",
            "kind",
            "requested_by",
            "requested_at",
            "reason",
            "decided_by",
            "decided_at",
            "operator",
        )

    def row_address(self, record: Approval) -> str:
        """The page of the request."""
        return reverse("approval", args=[record.pk])

    def render_kind(self, value: str) -> str:
        """In words."""
        return kind_word(value)


class ApprovalList(ListPage):
    """The inbox."""

    title = "Approvals"
    right = "approvals.view"
    table_class = ApprovalTable
    filter_class = ApprovalFilter
    template_name = "approvals/list.html"

    def rows(self) -> QuerySet[Approval]:
        """Every request in scope."""
        return approvals(self.request.scope)

    def empty(self) -> Empty:
        """Nobody asked for anything yet."""
        return Empty(
            "Nobody has asked for anything",
            "Whatever moves money by hand, changes what runs or lets somebody in needs a second person: publishing, "
            "settling, boosts, switches, terminations, integrations. Their requests come together here.",
            icon="checks",
        )

    def context(self) -> dict[str, Any]:
        """The list, and how many wait for the viewer."""
        waiting = waiting_for(self.request.user, self.request.scope).count()
        return {**super().context(), "waiting": waiting, "decides": has_right(self.request.user, "approvals.decide")}


class DecisionForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="Your reason",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed for a refusal. It is kept with the request and in the audit log.",
    )


class ApprovalPage(ObjectPage):
    """What changes, who asks, why, with which evidence; and the two buttons, for everybody but who asked."""

    right = "approvals.view"
    template_name = "approvals/detail.html"
    asked: Approval

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The request."""
        self.setup_object(kwargs["pk"])
        return self.render(form=DecisionForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The decision; a refusal by the rules comes back to the page (422)."""
        self.setup_object(kwargs["pk"])
        form = DecisionForm(request.POST)
        act = request.POST.get("act", "")
        if form.is_valid():
            try:
                self.perform(act, form.cleaned_data["reason"])
            except Refusal as refusal:
                if refusal.code == "NOT_FOUND" and self.asked.state == ApprovalState.PENDING:
                    raise Http404 from refusal
                refuse(form, refusal)
            else:
                return HttpResponseRedirect(reverse("approval", args=[self.asked.pk]))
        return self.render(status=422, form=form)

    def perform(self, act: str, reason: str) -> None:
        """Approve, refuse or withdraw."""
        user, actor, scope, now = self.request.user, actor_of(self.request), scope_of(self.request.user), clock.now()
        if act == "withdraw":
            withdraw_approval(self.asked.pk, reason, withdrawn_by=user, scope=scope, actor=actor, now=now)
            messages.success(self.request, "Your request is withdrawn.")
            return
        if not has_right(user, "approvals.decide"):
            raise Refusal("FORBIDDEN", "Your role does not decide requests.")
        if act not in {"approve", "refuse"}:
            raise Refusal("INVALID_REQUEST", "Approve or refuse.")
        decision = Decision(is_approved=act == "approve", reason=reason)
        decide_approval(self.asked.pk, decision, decided_by=user, scope=scope, actor=actor, now=now)
        messages.success(self.request, "Approved; it has taken effect." if decision.is_approved else "Refused.")

    def setup_object(self, pk: UUID) -> None:
        """The request, or 404."""
        found = approval(scope_of(self.request.user), pk)
        if found is None:
            raise Http404
        self.asked = found

    def name(self) -> str:
        """The title."""
        return self.asked.title

    def object_state(self) -> str:
        """The state in words, which tell a request that waits from a jackpot that does."""
        return self.asked.get_state_display()

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the inbox."""
        return [("Approvals", reverse("approvals"))]

    def facts(self) -> Sequence[Fact]:
        """Who, what, since when."""
        asked = self.asked
        facts = [
            Fact("Kind", kind_word(asked.kind)),
            Fact("About", asked.object_id, copy=asked.object_id, url=self.object_link()),
            Fact("Asked by", asked.requested_by.email),
            Fact("Asked", when_exactly(asked.requested_at)),
        ]
        digests = [one for one in shown_evidence(asked.evidence) if one.digest]
        facts += [Fact(one.label, f"{one.digest[:12]}…", copy=one.digest) for one in digests]
        if asked.brand is not None:
            facts.append(Fact("Brand", asked.brand.name))
        if self.request.user.operator_id is None:
            facts.append(Fact("Operator", asked.operator.name))
        if asked.decided_by is not None:
            facts += [Fact("Decided by", asked.decided_by.email), Fact("Decided", when(asked.decided_at))]
        return facts

    def object_link(self) -> str:
        """The page of what is asked about, for who may see it."""
        is_seen = not self.asked.kind.startswith("staff.") or has_right(self.request.user, "staff.view")
        return object_address(self.asked) if is_seen else ""

    def why_not(self) -> str:
        """Why the viewer has no buttons; empty where there are some."""
        user = self.request.user
        if self.asked.state != ApprovalState.PENDING:
            return ""
        if self.asked.requested_by_id == user.pk:
            return "You asked for this, so somebody else decides: that is what a second person is for."
        if not has_right(user, "approvals.decide"):
            return f"Your role, {user.get_role_display().lower()}, sees requests and does not decide them."
        return reason_of(lambda: scope_of(user).check_change(self.asked.brand_id))

    def context(self) -> dict[str, Any]:
        """The parts of the page."""
        asked = self.asked
        is_pending = asked.state == ApprovalState.PENDING
        why_not, words = self.why_not(), Words(asked.kind.partition(".")[0])
        return {
            **super().context(),
            "asked": asked,
            "changes": changes(words.told(asked.before), words.told(asked.after), words.label, words.order),
            "is_new": not asked.before,
            "evidence": shown_evidence(shown_players(self.request.user, asked.evidence)),
            "can_decide": is_pending and not why_not,
            "can_withdraw": is_pending and asked.requested_by_id == self.request.user.pk,
            "why_not": why_not,
            "helper": helper(),
        }
