"""Each of the kernel's pages, opened by those who may and by those who may not."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.accounts.models import Role, ServiceAccount, ServiceToken, StaffUser
from backoffice.accounts.operations.issue_token import issue_token
from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor, Subject, record
from backoffice.events.models import EventDeadLetter, OutboxEvent
from backoffice.events.publish import publish
from tests.backoffice.events.handlers import fact
from tests.backoffice.rows import brand, member, service_account

pytestmark = pytest.mark.django_db
Browser = Callable[[StaffUser], Client]
ADMIN, MANAGER, APPROVER, ANALYST, PLATFORM = (
    Role.OPERATOR_ADMIN,
    Role.MANAGER,
    Role.APPROVER,
    Role.ANALYST,
    Role.PLATFORM_ADMIN,
)
EVERYBODY = frozenset(Role)
PAGES: dict[str, frozenset[str]] = {
    "approvals": EVERYBODY,
    "audit_log": EVERYBODY,
    "audit_entry": EVERYBODY,
    "outbox": EVERYBODY,
    "outbox_event": EVERYBODY,
    "outbox_cursors": frozenset({PLATFORM}),
    "event_dead_letters": EVERYBODY,
    "event_dead_letter": EVERYBODY,
    "event_dead_letter_replay": frozenset({ADMIN, MANAGER}),
    "event_dead_letter_set_aside": frozenset({ADMIN, MANAGER}),
    "staff": frozenset({ADMIN, PLATFORM}),
    "staff_new": frozenset({ADMIN}),
    "staff_member": frozenset({ADMIN, PLATFORM}),
    "staff_history": frozenset({ADMIN, PLATFORM}),
    "staff_change": frozenset({ADMIN}),
    "staff_invite": frozenset({ADMIN}),
    "staff_reset_password": frozenset({ADMIN}),
    "staff_end_sessions": frozenset({ADMIN}),
    "service_accounts": frozenset({ADMIN, PLATFORM}),
    "service_account_new": frozenset({ADMIN}),
    "service_account": frozenset({ADMIN, PLATFORM}),
    "service_account_history": frozenset({ADMIN, PLATFORM}),
    "service_account_change": frozenset({ADMIN}),
    "service_account_password": frozenset({ADMIN}),
    "service_account_token": frozenset({ADMIN}),
    "service_token_revoke": frozenset({ADMIN}),
    "brands": EVERYBODY,
    "brand_new": frozenset({ADMIN}),
    "brand": EVERYBODY,
    "brand_change": frozenset({ADMIN}),
    "operators": frozenset({PLATFORM}),
    "operator_new": frozenset({PLATFORM}),
    "operator": frozenset({PLATFORM}),
    "operator_change": frozenset({PLATFORM}),
    "operator_admin": frozenset({PLATFORM}),
    "preferences": EVERYBODY,
    "leave_everywhere": EVERYBODY,
}
FOREIGN = [
    name
    for name in PAGES
    if name not in {"approvals", "audit_log", "outbox", "outbox_cursors", "event_dead_letters", "staff", "staff_new"}
    and name
    not in {"service_accounts", "service_account_new", "brands", "brand_new", "preferences", "leave_everywhere"}
    and PAGES[name] != {PLATFORM}
]


@pytest.fixture
def addresses(now: datetime) -> dict[str, str]:
    """Each page with an object of the operator `thrilltech`."""
    brand()
    account = service_account()
    issue_token(account, now=now)
    colleague = member(ANALYST, name="colleague")
    publish([fact("thing")])
    event = OutboxEvent.objects.get()
    letter = EventDeadLetter.objects.create(
        operator_id="thrilltech",
        subscriber="echo",
        event=event,
        error="ValueError: no\nmore",
        first_failed_at=now,
        last_failed_at=now,
    )
    subject = Subject("staff", str(colleague.pk), colleague.email, "thrilltech")
    entry = record(Actor.system("test"), "staff.changed", subject, at=now, before={"a": 1}, after={"a": 2}, reason="so")
    keys: dict[str, tuple[object, ...]] = {
        "audit_entry": (entry.pk,),
        "outbox_event": (event.pk,),
        "event_dead_letter": (letter.pk,),
        "staff_member": (colleague.pk,),
        "service_account": (account.pk,),
        "brand": ("thrilltech:brand1",),
        "operator": ("thrilltech",),
    }
    found = {}
    for name in PAGES:
        owners = ("event_dead_letter", "service_account", "brand", "operator")
        base = next((key for key in owners if name.startswith(f"{key}_")), name)
        base = "staff_member" if name.startswith("staff_") else base
        arguments = keys.get(base if not name.endswith("_new") else "", ())
        if name == "service_token_revoke":
            arguments = (account.pk, ServiceToken.objects.get().pk)
        found[name] = reverse(name, args=arguments)
    return found


@pytest.mark.req("B-25", "OFF-19")
@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_is_its_own_and_nothing_else(
    role: str, addresses: dict[str, str], browser_of: Browser
) -> None:
    client = browser_of(member(role))
    found = {name: client.get(address).status_code for name, address in addresses.items()}
    assert found == {name: 200 if role in roles else 403 for name, roles in PAGES.items()}


@pytest.mark.req("GEN-01")
def test_a_foreign_object_is_404_on_every_page(addresses: dict[str, str], browser_of: Browser) -> None:
    client = browser_of(member(owner="rival"))
    assert {name: client.get(addresses[name]).status_code for name in FOREIGN} == dict.fromkeys(FOREIGN, 404)
    assert {name: client.post(addresses[name]).status_code for name in FOREIGN if name.endswith("_change")} == {
        name: 404 for name in FOREIGN if name.endswith("_change")
    }


def test_a_stranger_is_led_to_the_login(addresses: dict[str, str]) -> None:
    for address in addresses.values():
        response = Client().get(address)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("account_login"))


LISTS = ["approvals", "audit_log", "outbox", "event_dead_letters", "staff", "service_accounts", "brands"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_a_dozen_questions_at_most_and_exports(
    name: str, addresses: dict[str, str], browser_of: Browser
) -> None:
    client = browser_of(member())
    client.get(addresses[name])
    with CaptureQueriesContext(connection) as queries:
        assert client.get(addresses[name]).status_code == 200
    assert len(queries) <= 12, [query["sql"][:120] for query in queries]
    export = client.get(addresses[name], {"export": "csv"})
    assert export.status_code == 200
    assert export.getvalue().startswith(b"\xef\xbb\xbf")


def test_a_member_is_invited_and_the_link_is_shown_once(browser_of: Browser) -> None:
    brand()
    client = browser_of(member())
    form = {"email": "new@x.example", "name": "N", "role": MANAGER, "brand_ids": ["thrilltech:brand1"]}
    response = client.post(reverse("staff_new"), form)
    assert response.status_code == 200
    assert "/accounts/password/reset/key/" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert StaffUser.objects.get(email="new@x.example").brand_ids == ["thrilltech:brand1"]
    again = client.post(reverse("staff_new"), form)
    assert again.status_code == 422
    assert "cannot be used" in again.content.decode()
    assert "new@x.example" in again.content.decode(), "nothing typed is lost"


def test_a_service_account_its_password_and_its_tokens(browser_of: Browser) -> None:
    brand()
    client = browser_of(member())
    made = client.post(reverse("service_account_new"), {"username": "processor-2", "brand_ids": []})
    assert made.status_code == 200
    assert "data-secret" in made.content.decode()
    pk = ServiceAccount.objects.get().pk
    token = client.post(reverse("service_account_token", args=[pk])).content.decode()
    assert "ptl_" in token
    row = ServiceToken.objects.get()
    assert client.post(reverse("service_token_revoke", args=[pk, row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.revoked_at is not None
    off = {"brand_ids": [], "reason": "gone"}
    assert client.post(reverse("service_account_change", args=[pk]), off).status_code == 302
    assert client.post(reverse("service_account_token", args=[pk])).status_code == 422


def test_an_operator_its_admin_and_a_brand(browser_of: Browser) -> None:
    root = browser_of(member(PLATFORM))
    form = {"operator_id": "acme", "name": "Acme", "base_currency": "EUR", "accounting_zone": "UTC"}
    assert root.post(reverse("operator_new"), form).status_code == 302
    invited = root.post(reverse("operator_admin", args=["acme"]), {"email": "a@acme.example", "name": ""})
    assert "/accounts/password/reset/key/" in invited.content.decode()
    admin = StaffUser.objects.get(email="a@acme.example")
    assert (admin.role, admin.operator_id) == (ADMIN, "acme")
    client = browser_of(admin)
    assert client.post(reverse("brand_new"), {"code": "one", "name": "One"}).status_code == 302
    assert client.post(reverse("brand_change", args=["acme:one"]), {"name": "One"}).status_code == 422
    assert AuditEntry.objects.filter(operator_id="acme").count() == 3


def test_preferences_change_the_zone_in_which_pages_speak(browser_of: Browser) -> None:
    user = member()
    client = browser_of(user)
    assert client.post(reverse("preferences"), {"name": "Me", "time_zone": "Asia/Tokyo"}).status_code == 302
    assert "Times in Asia/Tokyo" in client.get(reverse("preferences")).content.decode()
    assert client.post(reverse("leave_everywhere")).status_code == 302
    assert client.get(reverse("preferences")).status_code == 302
