"""Submit, decide, disconnect: who may, what is refused, what the log says."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from backoffice.accounts.viewer import scope_of
from backoffice.approvals.models import Approval
from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.core.fields import unseal_json
from integrations.models import Integration, KindFlag
from integrations.operations.disconnect_integration import disconnect_integration
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from tests.cast import SYSTEM, Cast
from tests.integrations.support import Feeds

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-the-partner"
RABBIT: dict[str, Any] = {
    "transport": "rabbitmq",
    "connection": {"host": "amqp.example.com", "queue": "casino"},
    "credentials": {"username": "potluck", "password": SECRET},
}


@pytest.mark.req("IGT-01", "GIG-01")
def test_a_kind_is_off_until_the_platform_enables_it_for_the_operator(cast: Cast) -> None:
    feeds = Feeds(cast)
    KindFlag.objects.all().delete()
    with pytest.raises(Refusal) as refused:
        feeds.submit()
    assert refused.value.code == "FORBIDDEN"
    set_kind_flag(Switch("rival", "fasttrack", is_enabled=True), actor=SYSTEM, now=cast.now)
    with pytest.raises(Refusal):
        feeds.submit()
    set_kind_flag(Switch("thrilltech", "fasttrack", is_enabled=True), actor=SYSTEM, now=cast.now)
    assert feeds.submit().state == "awaiting_approval"


@pytest.mark.req("IGT-04", "GIG-07")
def test_what_is_submitted_waits_for_a_second_person(feeds: Feeds, cast: Cast) -> None:
    integration = feeds.submit(by=cast.admin)
    assert integration.state == "awaiting_approval"
    with pytest.raises(Refusal) as refused:
        feeds.decide(integration, by=cast.admin)
    assert refused.value.code == "FORBIDDEN"
    feeds.decide(integration, by=cast.approver)
    assert integration.state == "active"
    assert integration.approval is not None
    assert integration.approval.decided_by_id == cast.approver.pk


@pytest.mark.req("IGT-04", "GIG-07")
def test_the_database_refuses_the_first_person_and_who_goes_round_the_approval(feeds: Feeds, cast: Cast) -> None:
    integration = feeds.submit(by=cast.admin)
    attempts: list[tuple[str, list[Any]]] = [
        ("UPDATE integrations_integration SET state = 'active' WHERE id = %s", [integration.pk]),
        (
            """
            UPDATE approvals_approval SET state = 'approved', decided_by_id = requested_by_id, decided_at = now()
            WHERE id = %s
            """,
            [integration.approval_id],
        ),
        (
            "UPDATE approvals_approval SET requested_by_id = %s WHERE id = %s",
            [cast.approver.pk, integration.approval_id],
        ),
    ]
    for sql, parameters in attempts:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
    integration.refresh_from_db()
    assert integration.state == "awaiting_approval"


@pytest.mark.req("IGT-05", "GIG-08")
@pytest.mark.parametrize("column", ["kind", "name", "transport", "settings", "sealed_credentials", "submitted_by_id"])
@pytest.mark.parametrize("is_approved", [False, True])
def test_nothing_can_be_edited_after_submission(feeds: Feeds, cast: Cast, column: str, is_approved: bool) -> None:
    integration = feeds.submit(**RABBIT)
    if is_approved:
        feeds.decide(integration)
    values: dict[str, Any] = {"settings": "{}", "sealed_credentials": b"x", "submitted_by_id": cast.approver.pk}
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE integrations_integration SET {column} = %s WHERE id = %s",
            [values.get(column, "x"), integration.pk],
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        Integration.objects.filter(pk=integration.pk).delete()


@pytest.mark.req("GIG-05", "GIG-08")
def test_credentials_are_sealed_and_stand_in_no_log(feeds: Feeds) -> None:
    integration = feeds.submit(**RABBIT)
    integration.refresh_from_db()
    assert integration.sealed_credentials is not None
    assert SECRET.encode() not in bytes(integration.sealed_credentials)
    assert unseal_json(bytes(integration.sealed_credentials))["password"] == SECRET
    feeds.decide(integration)
    told = json.dumps(
        [
            *AuditEntry.objects.values_list("before", "after", "reason"),
            *Approval.objects.values_list("before", "after", "evidence"),
            integration.settings,
        ]
    )
    assert SECRET not in told
    assert '"credentials": "set"' in told


@pytest.mark.req("IGT-05")
def test_a_copy_is_a_new_submission_that_names_its_original(feeds: Feeds) -> None:
    original = feeds.connected(**RABBIT)
    copy = feeds.submit(**RABBIT, copied_from=original.pk)
    assert copy.copied_from_id == original.pk
    assert copy.state == "awaiting_approval"
    with pytest.raises(Refusal) as refused:
        feeds.submit(**(RABBIT | {"credentials": {}}), copied_from=original.pk)
    assert refused.value.field == "username"


def test_a_rejection_says_why_and_is_final(feeds: Feeds) -> None:
    integration = feeds.submit()
    feeds.decide(integration, is_approved=False)
    assert (integration.state, integration.state_reason) == ("rejected", "Looked at.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Integration.objects.filter(pk=integration.pk).update(state="active")


def test_what_was_disconnected_cannot_be_connected_again(feeds: Feeds, cast: Cast) -> None:
    integration = feeds.connected()
    person = cast.manager
    disconnect_integration(
        integration.pk, reason="Moved.", scope=scope_of(person), actor=Actor.staff(person), now=cast.now
    )
    integration.refresh_from_db()
    assert (integration.state, integration.state_reason) == ("disconnected", "Moved.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Integration.objects.filter(pk=integration.pk).update(state="active")
    assert AuditEntry.objects.filter(action="integration.disconnected", actor_name=person.email).exists()


def test_a_foreign_operator_sees_nothing_to_act_on(feeds: Feeds, cast: Cast) -> None:
    integration = feeds.connected()
    person = cast.rival_manager
    with pytest.raises(Refusal) as refused:
        disconnect_integration(
            integration.pk, reason="x", scope=scope_of(person), actor=Actor.staff(person), now=cast.now
        )
    assert refused.value.code == "NOT_FOUND"
    with pytest.raises(Refusal) as refused:
        feeds.submit(by=person)
    assert refused.value.code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "unknown"}, "kind"),
        ({"transport": "pigeon"}, "transport"),
        ({"name": "  "}, "name"),
        ({"reason": ""}, "reason"),
        ({"settings": {"brands": [], "default_source_id": "x"}}, "brands"),
        ({"settings": {"brands": [{"origin": "a", "brand_id": "rival:brand1"}], "default_source_id": "x"}}, "brands"),
        (RABBIT | {"connection": {"host": "amqp.example.com"}}, "queue"),
        (RABBIT | {"connection": {"host": "not a host", "queue": "q"}}, "host"),
        (RABBIT | {"connection": {"host": "amqp.example.com", "queue": "q", "port": 0}}, "port"),
        (RABBIT | {"credentials": {"username": "potluck"}}, "password"),
    ],
)
def test_a_submission_at_fault_names_the_field_and_stores_nothing(
    feeds: Feeds, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        feeds.submit(**changes)
    assert (refused.value.code, refused.value.field) == ("INVALID_REQUEST", field)
    assert not Integration.objects.exists()
    assert not Approval.objects.filter(kind="integration.connect").exists()


def test_the_name_of_a_living_integration_is_taken(feeds: Feeds) -> None:
    feeds.submit(name="Casino")
    with pytest.raises(Refusal) as refused:
        feeds.submit(name=" Casino ")
    assert refused.value.field == "name"


def test_a_kind_that_was_switched_off_meanwhile_is_not_connected(feeds: Feeds, cast: Cast) -> None:
    integration = feeds.submit()
    set_kind_flag(Switch("thrilltech", "fasttrack", is_enabled=False), actor=SYSTEM, now=cast.now)
    with pytest.raises(Refusal):
        feeds.decide(integration)
    integration.refresh_from_db()
    assert integration.state == "awaiting_approval"
