"""Accounts of partners' machines, and their tokens."""

from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.accounts.membership import check_reach
from backoffice.accounts.models import ServiceAccount
from backoffice.accounts.operations.create_service_account import NewServiceAccount, create_service_account
from backoffice.accounts.queries import service_accounts, tokens_of
from backoffice.accounts.rights import SERVICE_RIGHTS
from backoffice.accounts.viewer import scope_of
from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.pages.choices import BrandsField
from backoffice.pages.secrets import Secret, shown_once
from backoffice.tenancy.scope import Scope
from backoffice.web.actor import actor_of
from backoffice.web.filters import OfficeFilter
from backoffice.web.forms import FormPage, refuse
from backoffice.web.lists import Empty, ListPage
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage, Tab
from backoffice.web.page import Action, OfficeView
from backoffice.web.render import when_exactly
from backoffice.web.tables import NumberColumn, OfficeTable, StateColumn, WhenColumn

PASSWORD_ADVICE = "The machine sends it to POST /authenticate/service and gets a token, which does not expire."  # noqa: S105


def account_of(view: OfficeView, pk: int) -> ServiceAccount:
    """The account in scope, or 404."""
    found = service_accounts(scope_of(view.request.user)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class AccountFilter(OfficeFilter):
    """By name and state."""

    q = django_filters.CharFilter(field_name="username", lookup_expr="icontains", label="Username")
    is_active = django_filters.BooleanFilter(label="Active")


class AccountTable(OfficeTable):
    """Accounts by name."""

    username = tables.Column(linkify=lambda record: reverse("service_account", args=[record.pk]))
    operator = tables.Column(accessor="operator__name")
    brand_ids = tables.Column(verbose_name="Brands", orderable=False, empty_values=())
    state = StateColumn(accessor="is_active", verbose_name="State")
    live_tokens = NumberColumn(verbose_name="Live tokens")
    last_used_at = WhenColumn(verbose_name="Last used", default="never")
    created_at = WhenColumn(verbose_name="Created")
    hidden = ("operator",)

    class Meta(OfficeTable.Meta):
        """The order of the columns."""

        sequence = ("username", "operator", "brand_ids", "state", "live_tokens", "last_used_at", "created_at")

    def row_address(self, record: ServiceAccount) -> str:
        """The account's page."""
        return reverse("service_account", args=[record.pk])

    def render_brand_ids(self, record: ServiceAccount) -> str:
        """All, or which."""
        return ", ".join(brand.partition(":")[2] for brand in record.brand_ids) or "all"

    def value_brand_ids(self, record: ServiceAccount) -> str:
        """For the export."""
        return " ".join(record.brand_ids) or "all"

    def render_state(self, record: ServiceAccount, bound_column: Any) -> str:
        """Active or not."""
        return str(bound_column.column.render("active" if record.is_active else "inactive"))


class AccountList(ListPage):
    """Every account in scope."""

    title = "Service accounts"
    right = "service_accounts.view"
    table_class = AccountTable
    filter_class = AccountFilter

    def rows(self) -> QuerySet[ServiceAccount]:
        """The accounts in the viewer's own scope: the brand switch does not narrow them."""
        return service_accounts(scope_of(self.request.user))

    def actions(self) -> Sequence[Action]:
        """Make one."""
        return [Action("New service account", reverse("service_account_new"), "plus", "service_accounts.change")]

    def empty(self) -> Empty:
        """What they are for."""
        return Empty(
            "No machine may come in yet",
            "A partner's system logs in with a service account to contribute and to read.",
            self.actions()[0],
            "key",
        )


class NewAccountForm(forms.Form):
    """A name, and limits."""

    username = forms.CharField(max_length=100, help_text="What the machine calls itself; it cannot be changed later.")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["brand_ids"] = BrandsField(scope, what="the account acts for")


class NewAccountPage(FormPage):
    """Make an account; its password is shown once."""

    title = "New service account"
    right = "service_accounts.change"
    form_class = NewAccountForm
    submit_label = "Make the account"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [("Service accounts", reverse("service_accounts"))]

    def context(self) -> dict[str, Any]:
        """The form."""
        return {**super().context(), "cancel_url": reverse("service_accounts")}

    def form_arguments(self) -> dict[str, Any]:
        """The viewer's scope limits what can be given."""
        return {"scope": scope_of(self.request.user)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The password, shown once; or the form with what is wrong (422)."""
        form = self.make_form(request.POST)
        if form.is_valid():
            user = self.request.user
            scope, data = scope_of(user), form.cleaned_data
            new = NewServiceAccount(data["username"], scope.operator_id or "", tuple(data["brand_ids"]))
            try:
                made = create_service_account(
                    new, created_by=user, scope=scope, actor=actor_of(request), now=clock.now()
                )
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                secret = Secret("Password", made.password, PASSWORD_ADVICE, made.account.username)
                back = reverse("service_account", args=[made.account.pk])
                return shown_once(self, secret, title="The account is made", back=back)
        return self.render(status=422, form=form)


class AccountBase(ObjectPage):
    """What the tabs of an account have in common."""

    right = "service_accounts.view"
    account: ServiceAccount

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The account, or 404."""
        self.account = account_of(self, kwargs["pk"])
        return self.render()

    def check_change(self) -> None:
        """Who reaches no further than the viewer."""
        check_reach(self.account.brand_ids, scope_of(self.request.user))

    def name(self) -> str:
        """The username."""
        return self.account.username

    def object_state(self) -> str:
        """Whether it may come in."""
        return "active" if self.account.is_active else "inactive"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [("Service accounts", reverse("service_accounts"))]

    def facts(self) -> Sequence[Fact]:
        """Whose it is."""
        account = self.account
        return [
            Fact("Username", account.username, copy=account.username),
            Fact("Operator", account.operator.name),
            Fact("Brands", ", ".join(account.brand_ids) or "all"),
            Fact("Created", when_exactly(account.created_at)),
            Fact("Created by", account.created_by.email if account.created_by else "the system"),
        ]

    def tabs(self) -> Sequence[Tab]:
        """Its tokens, and what was done to it."""
        pk = self.account.pk
        return [
            Tab("Tokens", reverse("service_account", args=[pk])),
            Tab("History", reverse("service_account_history", args=[pk])),
        ]

    def primary(self) -> Action | None:
        """Issue a token."""
        if not self.account.is_active:
            return None
        address = reverse("service_account_token", args=[self.account.pk])
        return Action("New token", address, "key", "service_accounts.change")

    def menu(self) -> Sequence[Action]:
        """Limits, and a new password."""
        pk = self.account.pk
        right = "service_accounts.change"
        return [
            Action("Change", reverse("service_account_change", args=[pk]), "pencil", right),
            Action("New password", reverse("service_account_password", args=[pk]), "password", right),
        ]


class AccountPage(AccountBase):
    """The tokens of an account."""

    template_name = "accounts/service_account.html"

    def context(self) -> dict[str, Any]:
        """The tokens, and what a machine may do."""
        rights = sorted(right.replace(".", ": ").replace("_", " ") for right in SERVICE_RIGHTS)
        return {**super().context(), "tokens": tokens_of(self.account), "rights": rights, "account_pk": self.account.pk}


class AccountHistory(HistoryPanel, AccountBase):
    """What was done to an account."""

    object_type = "service_account"

    def object_id(self) -> str:
        """The id that the log knows it by."""
        return str(self.account.pk)
