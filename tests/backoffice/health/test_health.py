"""/healthz, /readyz, /metrics and what must be so before a process starts."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from backoffice.core import clock
from backoffice.events.publish import publish
from backoffice.health import checks
from backoffice.health.boot import check_database
from backoffice.health.checks import readiness
from deploy.local.servers import PostgreSQL
from tests.backoffice.events.handlers import fact

UNREACHABLE = "redis://127.0.0.1:1/0"


def test_the_process_says_that_it_lives_without_asking_anybody() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert Client().post("/healthz").status_code == 405


@pytest.mark.django_db
def test_a_ready_process_names_its_parts() -> None:
    response = Client().get("/readyz")
    body = response.json()
    assert (response.status_code, body["status"]) == (200, "ok")
    assert set(body["checks"]) == {"database", "redis", "locks", "migrations", "outbox"}
    assert response["Cache-Control"].startswith("max-age=0")


@pytest.mark.django_db
def test_without_redis_nobody_is_sent_here() -> None:
    with override_settings(REDIS_URL=UNREACHABLE):
        response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["redis"]["status"] == "failing"
    assert "127.0.0.1" not in response.content.decode(), "no addresses to strangers"


@pytest.mark.django_db
def test_a_database_that_takes_no_writes_is_not_ready() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        found = readiness(clock.now())
    assert (found.status, found.checks["database"].detail) == ("failing", "it takes no writes")


@pytest.mark.django_db
def test_a_table_of_locks_that_is_too_small_wants_attention(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    assert readiness(clock.now()).checks["locks"].status == "ok"
    monkeypatch.setitem(settings.DATABASES["default"]["OPTIONS"]["pool"], "max_size", 1_000)
    found = readiness(clock.now()).checks["locks"]
    assert found.status == "degraded"
    assert "1,000,000 may be needed: raise max_locks_per_transaction" in found.detail


@pytest.mark.django_db
def test_a_pending_migration_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks._Memory, "is_up_to_date", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'events'")
    found = readiness(clock.now())
    assert found.status == "failing"
    assert found.checks["migrations"].detail.endswith("pending, first events.0001_initial")


@pytest.mark.django_db
def test_events_that_wait_for_their_numbers_want_attention_and_let_requests_in() -> None:
    now = clock.now()
    publish([fact("late", occurred_at=now - timedelta(seconds=75))])
    found = readiness(now)
    assert (found.status, found.checks["outbox"].detail) == ("degraded", "the oldest event waits for 75 s")
    assert Client().get("/readyz").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "headers", "address", "status"),
    [
        ("", {}, "127.0.0.1", 200),
        ("", {}, "::1", 200),
        ("", {}, "203.0.113.9", 403),
        ("", {"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1", 403),
        ("", {"Authorization": "Bearer "}, "203.0.113.9", 403),
        ("secret", {}, "127.0.0.1", 403),
        ("secret", {"Authorization": "Bearer wrong"}, "127.0.0.1", 403),
        ("secret", {"Authorization": "Basic secret"}, "127.0.0.1", 403),
        ("secret", {"Authorization": "Bearer secret"}, "203.0.113.9", 200),
    ],
)
def test_metrics_are_for_who_may_scrape(token: str, headers: dict[str, str], address: str, status: int) -> None:
    with override_settings(METRICS_TOKEN=token):
        assert Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code == status


@pytest.mark.django_db
def test_metrics_hold_the_servers_series_and_our_own() -> None:
    publish([fact("a", occurred_at=clock.now() - timedelta(seconds=30))])
    text = Client().get("/metrics").content.decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    ours = {
        "potluck_database_up",
        "potluck_contributions_5m",
        "potluck_outbox_unnumbered_seconds",
        "potluck_outbox_behind",
        "potluck_event_dead_letters",
        "potluck_feeds_stopped",
        "potluck_feed_dead_letters",
        "potluck_feed_lag_messages",
    }
    assert ours <= set(families)
    assert families["potluck_database_up"].samples[0].value == 1
    assert 30 <= families["potluck_outbox_unnumbered_seconds"].samples[0].value < 60
    assert any(name.startswith("django_http_requests") for name in families)


@pytest.mark.django_db
@pytest.mark.req("B-31")
def test_the_deploy_check_names_every_setting_that_is_not_durable() -> None:
    found = {fault.id for fault in check_database(databases=["default"])}
    assert found == {"potluck.C10", "potluck.C11", "potluck.C12"}, "the tests' server trades safety for speed"
    assert check_database(databases=None) == []
    with pytest.raises(SystemCheckError, match="synchronous_commit = off"):
        call_command("check", "--deploy", "--database", "default")


@pytest.mark.django_db
def test_a_unique_index_that_is_not_valid_is_a_fault() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'brand_of_operator'::regclass")
    faults = check_database(databases=["default"])
    assert [fault.msg for fault in faults if fault.id == "potluck.C002"] == [
        "The unique index brand_of_operator is not valid."
    ]


START = """
import os
from backoffice.health.boot import refuse_unsafe_start
refuse_unsafe_start()
print("started")
"""


def start(database_url: str, environment: str) -> subprocess.CompletedProcess[str]:
    environ = dict(os.environ) | {
        "DATABASE_URL": database_url,
        "ENVIRONMENT": environment,
        "DJANGO_SETTINGS_MODULE": "backoffice.settings",
    }
    code = "import django; django.setup()" + START
    return subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)


@pytest.mark.req("B-31")
def test_a_process_starts_on_a_durable_server_only(durable_postgresql: PostgreSQL) -> None:
    safe = start(durable_postgresql.url, "demo")
    assert (safe.returncode, safe.stdout) == (0, "started\n"), safe.stderr
    unsafe = start(os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/postgres", "demo")
    assert unsafe.returncode == 1
    assert "potluck.C12" in unsafe.stderr
    assert "synchronous_commit = off" in unsafe.stderr
    assert start(os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/postgres", "test").returncode == 0
