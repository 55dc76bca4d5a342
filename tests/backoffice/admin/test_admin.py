"""Django's admin: for the platform, to read."""

from collections.abc import Callable
from datetime import datetime

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from backoffice.accounts.models import Role, ServiceAccount, StaffUser
from backoffice.admin.models import ReadOnlyAdmin
from backoffice.audit.record import Actor, Subject, record
from tests.backoffice.rows import brand, member, service_account

pytestmark = pytest.mark.django_db
Browser = Callable[[StaffUser], Client]
MODELS = [model for model, options in admin.site._registry.items() if isinstance(options, ReadOnlyAdmin)]


@pytest.fixture
def root(browser_of: Browser) -> Client:
    return browser_of(member(Role.PLATFORM_ADMIN))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PLATFORM_ADMIN])
def test_nobody_of_an_operator_is_let_in(role: str, browser_of: Browser) -> None:
    client = browser_of(member(role))
    assert client.get(reverse("admin:index")).status_code in {302, 403}
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_a_stranger_comes_to_the_login_of_everybody() -> None:
    response = Client().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_the_models_of_every_app_are_there() -> None:
    labels = {model._meta.app_label for model in MODELS}
    assert {"tenancy", "accounts", "approvals", "audit", "events", "jackpots", "integrations", "reporting"} <= labels


@pytest.mark.req("B-29")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_every_list_opens_and_offers_no_change(model: type[Model], root: Client) -> None:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    response = root.get(reverse(f"{name}_changelist"))
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy or policy.endswith("script-src 'self'")
    assert root.get(reverse(f"{name}_add")).status_code == 403


def test_an_entry_is_shown_and_cannot_be_changed(now: datetime, root: Client) -> None:
    entry = record(Actor.system("test"), "a.b", Subject("x", "1", "X", None), at=now, after={"a": 1})
    address = reverse("admin:audit_auditentry_change", args=[entry.pk])
    assert root.get(address).status_code == 200
    assert root.post(address, {"action": "changed"}).status_code == 403
    assert root.post(reverse("admin:audit_auditentry_delete", args=[entry.pk])).status_code == 403


def test_secrets_are_not_shown(root: Client) -> None:
    account = service_account()
    ServiceAccount.objects.update(password="pbkdf2-secret-canary")
    brand()
    text = root.get(reverse("admin:accounts_serviceaccount_change", args=[account.pk])).content.decode()
    assert "processor" in text
    assert "canary" not in text
    staff = member(Role.ANALYST)
    text = root.get(reverse("admin:accounts_staffuser_change", args=[staff.pk])).content.decode()
    assert staff.password not in text


def test_a_lost_second_factor_is_taken_away_here(root: Client) -> None:
    lost = Authenticator.objects.create(user=member(), type="totp", data={"secret": "canary"})
    address = reverse("admin:mfa_authenticator_change", args=[lost.pk])
    assert "canary" not in root.get(address).content.decode()
    root.post(reverse("admin:mfa_authenticator_delete", args=[lost.pk]), {"post": "yes"})
    assert not Authenticator.objects.exists()


def test_the_password_is_changed_where_everybody_changes_it(root: Client) -> None:
    assert root.get("/admin/password_change/")["Location"] == reverse("account_change_password")
