"""The login: limited, with a second factor where one is asked for."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client, override_settings
from django.urls import reverse

from backoffice.accounts.models import Role, StaffUser
from tests.backoffice.rows import PASSWORD, member

pytestmark = pytest.mark.django_db


def log_in(client: Client, password: str, email: str = "manager@thrilltech.example") -> int:
    return client.post(reverse("account_login"), {"login": email, "password": password}).status_code


def test_the_right_password_lets_in_and_leads_to_the_office() -> None:
    member(Role.MANAGER)
    client = Client()
    response = client.post(reverse("account_login"), {"login": "Manager@Thrilltech.example", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/office/")
    assert client.get("/accounts/password/change/").status_code == 200


@pytest.mark.req("B-25")
def test_guessing_is_stopped_after_five_tries_even_for_the_right_password() -> None:
    member(Role.MANAGER)
    member(Role.ANALYST)
    client = Client()
    for _ in range(5):
        assert log_in(client, "wrong") == 200
    refused = client.post(reverse("account_login"), {"login": "manager@thrilltech.example", "password": PASSWORD})
    assert refused.status_code in {200, 429}
    assert "_auth_user_id" not in client.session
    assert log_in(Client(), PASSWORD, "analyst@thrilltech.example") == 302, "nobody else is locked out by it"


def test_guessing_is_stopped_by_address_too() -> None:
    member(Role.MANAGER)
    client = Client(REMOTE_ADDR="203.0.113.9")
    for number in range(20):
        log_in(client, "wrong", f"nobody{number}@thrilltech.example")
    log_in(client, PASSWORD)
    assert "_auth_user_id" not in client.session
    assert log_in(Client(REMOTE_ADDR="203.0.113.10"), PASSWORD) == 302


def test_nobody_signs_up() -> None:
    client = Client()
    form = {"email": "me@x.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), form)
    assert not StaffUser.objects.exists()
    assert "_auth_user_id" not in client.session


@override_settings(REQUIRE_MFA_ROLES=["approver"])
def test_a_role_that_needs_a_second_factor_goes_nowhere_before_it_has_one() -> None:
    approver = member(Role.APPROVER)
    client = Client()
    log_in(client, PASSWORD, approver.email)
    response = client.get("/office/approvals/")
    assert (response.status_code, response["Location"]) == (302, reverse("mfa_activate_totp"))
    assert client.get(response["Location"], follow=True).status_code == 200, "the way to it is open"
    TOTP.activate(approver, generate_totp_secret())
    assert client.get("/office/approvals/").headers.get("Location") != reverse("mfa_activate_totp")


@override_settings(REQUIRE_MFA_ROLES=["approver"])
def test_other_roles_are_not_asked() -> None:
    manager = member(Role.MANAGER)
    client = Client()
    log_in(client, PASSWORD, manager.email)
    assert client.get("/office/approvals/").headers.get("Location") != reverse("mfa_activate_totp")


def test_a_second_factor_is_asked_for_at_the_login() -> None:
    manager = member(Role.MANAGER)
    TOTP.activate(manager, generate_totp_secret())
    client = Client()
    response = client.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})
    assert response["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
