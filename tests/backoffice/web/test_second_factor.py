"""A second factor, from setting it up to logging in with it, on pages of ours."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from tests.backoffice.web.conftest import PASSWORD

EMAIL = "operator_admin@thrilltech.example"


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, min(yield_hotp_counters_from_time())))


def log_in(client: Client, follow: bool = False):
    return client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, follow=follow)


@pytest.fixture
def protected(staff) -> tuple[str, list[str]]:
    """The secret and the recovery codes of a member of staff who set up an app."""
    staff()
    client = Client()
    assert log_in(client)["Location"] == "/office/"
    again = client.get("/accounts/2fa/totp/activate/")["Location"]
    assert again.startswith("/accounts/reauthenticate/")
    page = client.post(again, {"password": PASSWORD}, follow=True).content.decode()
    assert "data:image/svg+xml" in page
    [secret] = re.findall(r'value="([A-Z2-7]{32})"', page)
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).content.decode()
    assert 'role="alert"' in wrong
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    codes = re.findall(
        r"\b[0-9a-f]{8}\b|\b\d{8}\b", done.content.decode().split("<textarea", 1)[1].split("</textarea")[0]
    )
    assert len(codes) == 10
    return secret, codes


def test_the_password_alone_no_longer_opens(protected):
    client = Client()
    assert log_in(client)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/office/").status_code == 302
    page = client.get("/accounts/2fa/authenticate/").content.decode()
    assert "Two-Factor" in page
    assert "<style" not in page
    refused = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code" in refused.content.decode()
    assert client.get("/office/").status_code == 302


def test_a_recovery_code_opens_once(protected):
    _, codes = protected
    client = Client()
    log_in(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]})["Location"] == "/office/"
    again = Client()
    log_in(again)
    assert "Incorrect code" in again.post("/accounts/2fa/authenticate/", {"code": codes[0]}).content.decode()


def test_the_settings_show_what_is_active(protected):
    client = Client()
    log_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": protected[1][0]})
    page = client.get("/accounts/2fa/").content.decode()
    assert "is active" in page
    assert "9 out of 10 recovery codes" in page


def test_logging_out_is_asked_for_and_done(visit):
    client = visit()
    assert "Log out" in client.get("/accounts/logout/").content.decode()
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/office/").status_code == 302
