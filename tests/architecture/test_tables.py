"""Tenancy in the database itself: no key crosses operators, and unique keys of a tenant's table start with one."""

import pytest
from django.apps import apps
from django.db import connection, models

from backoffice.accounts.models import StaffUser
from backoffice.tenancy.models import Operator
from tests.architecture.sources import APPS

pytestmark = pytest.mark.django_db

# Unique across operators by their meaning. Nothing of another operator can be learnt from them but that they are taken.
GLOBAL_KEYS = {
    ("accounts_staffuser", "email"): "the name a person logs in with",
    ("accounts_serviceaccount", "username"): "the name a machine logs in with",
    ("accounts_servicetoken", "digest"): "256 random bits",
    ("events_outboxevent", "position"): "one order for all",
    ("events_outboxevent", "sequence"): "one order for all",
    ("events_eventdeadletter", "subscriber"): "with an event, which has an operator",
}

# The hottest tables: a trigger looks once a statement whether all that was added is of the row's own operator.
CHECKED_BY_STATEMENT = {
    "jackpots_contribution", "jackpots_line", "jackpots_ticketentry", "jackpots_ticketrange",
    "integrations_feedmessage", "integrations_gameactivity", "integrations_gameround", "integrations_staleplayer",
    "campaigns_playerevent",
}  # fmt: skip
# The win is written by the statement's own operation from the contribution in its hand; a second unique index on the
# hottest table would be the price of a key.
BY_ITS_ID_ALONE = {("jackpots_win", "contribution_id")}


def tenant_models() -> list[type[models.Model]]:
    """Every model of ours with a column `operator_id`, in tables that Django or a migration made."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_config.name.split(".")[0] in APPS
        and any(field.column == "operator_id" for field in model._meta.concrete_fields)
    ]


def columns_of(table: str, query: str) -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return {tuple(row[0]) for row in cursor.fetchall()}


def foreign_keys(table: str) -> set[tuple[str, ...]]:
    return columns_of(
        table,
        "SELECT array(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key(number, place) "
        "JOIN pg_attribute ON attrelid = conrelid AND attnum = key.number ORDER BY place) "
        "FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
    )


def unique_keys(table: str) -> set[tuple[str, ...]]:
    return columns_of(
        table,
        "SELECT array(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS key(number, place) "
        "JOIN pg_attribute ON attrelid = indrelid AND attnum = key.number ORDER BY place) "
        "FROM pg_index WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
    )


def test_there_are_tenant_tables_of_every_app() -> None:
    labels = {model._meta.app_label for model in tenant_models()}
    assert {"accounts", "approvals", "events", "jackpots", "integrations", "reporting"} <= labels


@pytest.mark.req("B-31")
@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label_lower)
def test_no_foreign_key_crosses_operators(model: type[models.Model]) -> None:
    composite = {columns for columns in foreign_keys(model._meta.db_table) if columns[0] == "operator_id"}
    missing = []
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey):
            continue
        target = field.related_model
        # Staff of the platform act on every operator's rows; an operator is the tenant itself.
        if target in {Operator, StaffUser} or target not in tenant_models():
            continue
        is_excepted = model._meta.db_table in CHECKED_BY_STATEMENT
        is_excepted = is_excepted or (model._meta.db_table, field.column) in BY_ITS_ID_ALONE
        if ("operator_id", field.column) not in composite and not is_excepted:
            missing.append(field.column)
    assert missing == []


@pytest.mark.parametrize("table", sorted(CHECKED_BY_STATEMENT))
def test_what_has_no_keys_is_checked_by_a_trigger_that_looks_at_the_operator(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            # What is inserted; some have one more for what is updated.
            "WHERE tgrelid = %s::regclass AND tgnewtable IS NOT NULL AND tgenabled <> 'D' AND (tgtype & 4) <> 0 "
            "AND prosrc LIKE '%%operator_id = a.operator_id%%' AND prosrc LIKE '%%RAISE EXCEPTION%%'",
            [table],
        )
        assert (cursor.fetchone() or (0,))[0] == 1


@pytest.mark.req("B-31")
@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label_lower)
def test_every_unique_key_starts_with_the_operator(model: type[models.Model]) -> None:
    table = model._meta.db_table
    others = {
        columns
        for columns in unique_keys(table)
        if columns and columns[0] != "operator_id" and (table, columns[0]) not in GLOBAL_KEYS
    }
    assert others == set()


def test_money_is_kept_in_whole_numbers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type IN ('real', 'double precision', 'money')"
        )
        assert [row[0] for row in cursor.fetchall()] == []
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name LIKE '%%\\_micros' "
            "AND udt_name NOT IN ('int8', '_int8', 'numeric')"
        )
        assert [row[0] for row in cursor.fetchall()] == []
