"""Operators, for the platform."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.accounts.models import Role
from backoffice.accounts.operations.create_staff import NewMember, create_staff
from backoffice.accounts.queries import staff
from backoffice.accounts.viewer import scope_of
from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.pages.choices import TenantForm, currency_choices, zone_choices
from backoffice.pages.secrets import invitation
from backoffice.tenancy.models import Operator
from backoffice.tenancy.operations.change_operator import OperatorChange, change_operator
from backoffice.tenancy.operations.create_operator import NewOperator, create_operator
from backoffice.tenancy.queries import brands, operators
from backoffice.tenancy.scope import Scope
from backoffice.web.actor import actor_of
from backoffice.web.forms import FormPage, refuse
from backoffice.web.lists import Empty, ListPage
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage, Tab
from backoffice.web.page import Action, OfficeView
from backoffice.web.render import when_exactly
from backoffice.web.tables import NumberColumn, OfficeTable, StateColumn, WhenColumn


def operator_of(view: OfficeView, pk: str) -> Operator:
    """The operator in scope, or 404."""
    found = operators(scope_of(view.request.user)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class OperatorTable(OfficeTable):
    """Operators by id."""

    name = tables.Column(linkify=lambda record: reverse("operator", args=[record.pk]))
    id = tables.Column(verbose_name="Operator's id", attrs={"td": {"class": "id"}})
    state = StateColumn(accessor="is_active", verbose_name="State")
    brand_count = NumberColumn(verbose_name="Brands")
    base_currency = tables.Column(verbose_name="Base currency")
    accounting_zone = tables.Column(verbose_name="Accounting zone")
    created_at = WhenColumn(verbose_name="Since")

    class Meta(OfficeTable.Meta):
        """The order of the columns."""

        sequence = ("name", "id", "state", "brand_count", "base_currency", "accounting_zone", "created_at")

    def row_address(self, record: Operator) -> str:
        """The operator's page."""
        return reverse("operator", args=[record.pk])

    def render_state(self, record: Operator, bound_column: Any) -> str:
        """Active or not."""
        return str(bound_column.column.render("active" if record.is_active else "inactive"))


class OperatorList(ListPage):
    """Every operator."""

    title = "Operators"
    right = "operators.view"
    table_class = OperatorTable

    def rows(self) -> QuerySet[Operator]:
        """All of them: only the platform comes here."""
        return operators(scope_of(self.request.user))

    def actions(self) -> Sequence[Action]:
        """Take one in."""
        return [Action("New operator", reverse("operator_new"), "plus", "operators.change")]

    def empty(self) -> Empty:
        """What they are."""
        return Empty("No operators yet", "An operator owns brands, jackpots and staff.", self.actions()[0], "building")


class OperatorForm(forms.Form):
    """A new operator."""

    operator_id = forms.SlugField(
        max_length=64, label="Operator's id", help_text="Partners send it. It cannot be changed later."
    )
    name = forms.CharField(max_length=200)
    base_currency = forms.ChoiceField(
        choices=currency_choices, initial="EUR", help_text="Sums over all are shown in it."
    )
    accounting_zone = forms.ChoiceField(
        choices=zone_choices, initial="UTC", help_text="Where its months begin and end, in reports."
    )


class NewOperatorPage(FormPage):
    """Take an operator in."""

    title = "New operator"
    right = "operators.change"
    form_class = OperatorForm
    submit_label = "Take it in"
    done = "The operator is made. Invite its first admin next."

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [("Operators", reverse("operators"))]

    def context(self) -> dict[str, Any]:
        """The form."""
        return {**super().context(), "cancel_url": reverse("operators")}

    def perform(self, form: Any) -> str:
        """Makes it."""
        scope = scope_of(self.request.user)
        made = create_operator(
            NewOperator(**form.cleaned_data), scope=scope, actor=actor_of(self.request), now=clock.now()
        )
        return reverse("operator", args=[made.pk])


class OperatorPage(HistoryPanel, ObjectPage):
    """An operator, and what was done to it."""

    right = "operators.view"
    object_type = "operator"
    operator: Operator

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The operator, or 404."""
        self.operator = operator_of(self, kwargs["pk"])
        return self.render()

    def object_id(self) -> str:
        """The id that the log knows it by."""
        return self.operator.pk

    def name(self) -> str:
        """The name."""
        return self.operator.name

    def object_state(self) -> str:
        """Whether it is switched on."""
        return "active" if self.operator.is_active else "inactive"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [("Operators", reverse("operators"))]

    def facts(self) -> Sequence[Fact]:
        """How it keeps its books."""
        operator = self.operator
        scope = Scope(operator.pk)
        return [
            Fact("Operator's id", operator.pk, copy=operator.pk),
            Fact("Base currency", operator.base_currency),
            Fact("Accounting zone", operator.accounting_zone),
            Fact("Brands", str(brands(scope).count())),
            Fact("Staff", str(staff(scope).count())),
            Fact("Since", when_exactly(operator.created_at)),
        ]

    def tabs(self) -> Sequence[Tab]:
        """One tab."""
        return [Tab("History", reverse("operator", args=[self.operator.pk]))]

    def primary(self) -> Action | None:
        """Change."""
        return Action("Change", reverse("operator_change", args=[self.operator.pk]), "pencil", "operators.change")

    def menu(self) -> Sequence[Action]:
        """Its admin."""
        address = reverse("operator_admin", args=[self.operator.pk])
        return [Action("Invite an admin", address, "user-plus", "operators.change")]


class ChangeOperatorPage(FormPage):
    """Rename, or switch off and on."""

    right = "operators.change"
    form_class = TenantForm
    lead_in = "Switched off, its staff and its service accounts are let in nowhere."
    done = "Changed."

    def page_title(self) -> str:
        """Names the operator."""
        return f"Change {operator_of(self, self.kwargs['pk']).name}"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [("Operators", reverse("operators"))]

    def context(self) -> dict[str, Any]:
        """The form."""
        return {**super().context(), "cancel_url": reverse("operator", args=[self.kwargs["pk"]])}

    def initial(self) -> dict[str, Any]:
        """As it is."""
        operator = operator_of(self, self.kwargs["pk"])
        return {"name": operator.name, "is_active": operator.is_active}

    def perform(self, form: Any) -> str:
        """Changes it."""
        scope, data = scope_of(self.request.user), form.cleaned_data
        change = OperatorChange(data["name"], data["is_active"], data["reason"])
        pk = self.kwargs["pk"]
        change_operator(pk, change, scope=scope, actor=actor_of(self.request), now=clock.now())
        return reverse("operator", args=[pk])


class AdminForm(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(label="E-mail")
    name = forms.CharField(max_length=200, required=False)


class OperatorAdminPage(FormPage):
    """Invite an operator's admin, who invites everybody else."""

    title = "Invite an admin"
    right = "operators.change"
    form_class = AdminForm
    submit_label = "Make the invitation"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the operator."""
        operator = operator_of(self, self.kwargs["pk"])
        return [("Operators", reverse("operators")), (operator.name, reverse("operator", args=[operator.pk]))]

    def context(self) -> dict[str, Any]:
        """The form."""
        return {**super().context(), "cancel_url": reverse("operator", args=[self.kwargs["pk"]])}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The invitation's link, shown once; or the form with what is wrong (422)."""
        operator = operator_of(self, kwargs["pk"])
        form = self.make_form(request.POST)
        if form.is_valid():
            new = NewMember(form.cleaned_data["email"], form.cleaned_data["name"], Role.OPERATOR_ADMIN, operator.pk)
            try:
                scope = scope_of(self.request.user)
                user = create_staff(new, scope=scope, actor=actor_of(request), now=clock.now())
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                return invitation(self, user)
        return self.render(status=422, form=form)
