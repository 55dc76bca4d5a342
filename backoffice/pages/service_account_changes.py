"""What is done to service accounts: limits, passwords, tokens."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.accounts.membership import check_reach
from backoffice.accounts.operations.change_service_account import ServiceAccountChange, change_service_account
from backoffice.accounts.operations.issue_service_token import issue_service_token
from backoffice.accounts.operations.reset_service_password import reset_service_password
from backoffice.accounts.operations.revoke_token import revoke_token
from backoffice.accounts.queries import tokens_of
from backoffice.accounts.viewer import scope_of
from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.pages.choices import BrandsField
from backoffice.pages.secrets import Secret, shown_once
from backoffice.pages.service_accounts import PASSWORD_ADVICE, account_of
from backoffice.tenancy.scope import Scope
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmForm, ConfirmPage
from backoffice.web.forms import FormPage, refuse

TOKEN_ADVICE = "The machine sends it with every request as Authorization: Bearer. It does not expire."  # noqa: S105


class ChangeAccountForm(forms.Form):
    """What an account is to be."""

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["brand_ids"] = BrandsField(scope, what="the account acts for")
        self.fields["is_active"] = forms.BooleanField(
            label="May come in", required=False, help_text="Switched off, all of its tokens are refused at once."
        )
        self.fields["reason"] = forms.CharField(
            max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
        )


class ChangeAccountPage(FormPage):
    """Other brands, or switched off."""

    right = "service_accounts.change"
    form_class = ChangeAccountForm
    done = "Changed."

    def check_change(self) -> None:
        """Who reaches no further than the viewer."""
        check_reach(account_of(self, self.kwargs["pk"]).brand_ids, scope_of(self.request.user))

    def page_title(self) -> str:
        """Names the account."""
        return f"Change {account_of(self, self.kwargs['pk']).username}"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the account."""
        return [("Service accounts", reverse("service_accounts"))]

    def context(self) -> dict[str, Any]:
        """The form."""
        return {**super().context(), "cancel_url": reverse("service_account", args=[self.kwargs["pk"]])}

    def initial(self) -> dict[str, Any]:
        """As it is."""
        account = account_of(self, self.kwargs["pk"])
        return {"brand_ids": account.brand_ids, "is_active": account.is_active}

    def form_arguments(self) -> dict[str, Any]:
        """The viewer's scope limits what can be given."""
        return {"scope": scope_of(self.request.user)}

    def perform(self, form: Any) -> str:
        """Changes the account."""
        data = form.cleaned_data
        change = ServiceAccountChange(tuple(data["brand_ids"]), data["is_active"], data["reason"])
        pk = account_of(self, self.kwargs["pk"]).pk
        scope = scope_of(self.request.user)
        change_service_account(pk, change, scope=scope, actor=actor_of(self.request), now=clock.now())
        return reverse("service_account", args=[pk])


class SecretPage(ConfirmPage):
    """A confirmation after which something is shown once."""

    right = "service_accounts.change"
    reason_needed = False

    def check_change(self) -> None:
        """Who reaches no further than the viewer."""
        check_reach(account_of(self, self.kwargs["pk"]).brand_ids, scope_of(self.request.user))

    def cancel(self) -> str:
        """Back to the account."""
        return reverse("service_account", args=[self.kwargs["pk"]])

    def secret(self) -> Secret:
        """Makes it."""
        raise NotImplementedError

    def make_form(self, data: Any = None) -> ConfirmForm:
        """Nothing is asked; the account is looked up, so that a foreign one is 404 before anything else."""
        account_of(self, self.kwargs["pk"])
        return super().make_form(data)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The secret, or why there is none (422)."""
        form = self.make_form(request.POST)
        if form.is_valid():
            try:
                secret = self.secret()
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                return shown_once(self, secret, title=self.page_title(), back=self.cancel())
        return self.render(status=422, form=form)


class NewPasswordPage(SecretPage):
    """A new password."""

    title = "New password"
    submit_label = "Make a new password"

    def question(self) -> str:
        """Names the account."""
        return f"Replace the password of {account_of(self, self.kwargs['pk']).username}?"

    def effects(self) -> Sequence[str]:
        """What happens."""
        return ("The present password stops working at once.", "Tokens that were issued before stay valid.")

    def secret(self) -> Secret:
        """The new password."""
        scope, actor = scope_of(self.request.user), actor_of(self.request)
        made = reset_service_password(self.kwargs["pk"], scope=scope, actor=actor, now=clock.now())
        return Secret("Password", made.password, PASSWORD_ADVICE, made.account.username)


class NewTokenPage(SecretPage):
    """A new token."""

    title = "New token"
    submit_label = "Issue a token"

    def question(self) -> str:
        """Names the account."""
        return f"Issue a token of {account_of(self, self.kwargs['pk']).username}?"

    def effects(self) -> Sequence[str]:
        """What happens."""
        return ("Whoever holds it acts as this account until it is revoked.", "Its other tokens stay valid.")

    def secret(self) -> Secret:
        """The token."""
        scope, actor = scope_of(self.request.user), actor_of(self.request)
        token = issue_service_token(self.kwargs["pk"], scope=scope, actor=actor, now=clock.now())
        return Secret("Token", token, TOKEN_ADVICE)


class RevokeTokenPage(ConfirmPage):
    """Make a token worthless."""

    title = "Revoke a token"
    right = "service_accounts.change"
    reason_needed = False
    danger = True
    submit_label = "Revoke it"
    done = "Revoked; every process knows it."

    def check_change(self) -> None:
        """Who reaches no further than the viewer."""
        check_reach(account_of(self, self.kwargs["pk"]).brand_ids, scope_of(self.request.user))

    def question(self) -> str:
        """Names the token and the account."""
        account = account_of(self, self.kwargs["pk"])
        token = tokens_of(account).filter(pk=self.kwargs["token"]).first()
        if token is None:
            raise Http404
        return f"Revoke the token {token} of {account.username}?"

    def effects(self) -> Sequence[str]:
        """What happens."""
        return ("Requests with it are refused with 401 from now on, at every door.", "It cannot be undone.")

    def cancel(self) -> str:
        """Back to the account."""
        return reverse("service_account", args=[self.kwargs["pk"]])

    def perform(self, reason: str) -> str:
        """Revokes it."""
        self.question()
        user = self.request.user
        revoke_token(
            self.kwargs["token"], revoked_by=user, scope=scope_of(user), actor=actor_of(self.request), now=clock.now()
        )
        return self.cancel()
