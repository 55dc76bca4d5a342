"""The version of an operator's configuration, kept by triggers; and the balance of a transfer, looked up in its month."""

import django.db.models.deletion
from django.db import migrations, models

WATCHED = (
    "tenancy_operator",
    "tenancy_brand",
    "jackpots_multiplier",
    "jackpots_source",
    "jackpots_sourcemapping",
    "jackpots_instance",
    "jackpots_instancebrand",
)

# A number of the sequence is never used twice, also where a transaction is rolled back: what a process remembers under
# a version is that version for ever.
VERSIONS = """
CREATE SEQUENCE jackpots_config_number;
CREATE FUNCTION jackpots_config_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
    INSERT INTO jackpots_configversion (operator_id, version)
    VALUES (changed ->> TG_ARGV[0], nextval('jackpots_config_number'))
    ON CONFLICT (operator_id) DO UPDATE SET version = nextval('jackpots_config_number');
    RETURN NULL;
END $$;
""" + "\n".join(
    f"CREATE TRIGGER config_changed AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
    f"EXECUTE FUNCTION jackpots_config_changed('{'id' if table == 'tenancy_operator' else 'operator_id'}');"
    for table in WATCHED
)

NO_VERSIONS = "\n".join(
    [
        *(f"DROP TRIGGER config_changed ON {table};" for table in WATCHED),
        "DROP FUNCTION jackpots_config_changed();",
        "DROP SEQUENCE jackpots_config_number;",
    ]
)

FILL = """
INSERT INTO jackpots_configversion (operator_id, version)
SELECT id, nextval('jackpots_config_number') FROM tenancy_operator;
"""

# A line of another month is not found, and then the count is wrong.
BALANCE = """
CREATE OR REPLACE FUNCTION jackpots_line_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    added jsonb := to_jsonb(NEW);
    transfer uuid := CASE WHEN TG_TABLE_NAME = 'jackpots_transfer' THEN (added->>'id')::uuid
                          ELSE (added->>'transfer_id')::uuid END;
    total numeric;
    lines bigint;
    announced bigint;
    moved_in date;
BEGIN
    SELECT line_count, date_trunc('month', occurred_at AT TIME ZONE 'UTC')::date INTO announced, moved_in
    FROM jackpots_transfer WHERE id = transfer;
    SELECT coalesce(sum(amount_micros), 0), count(*) INTO total, lines
    FROM jackpots_line WHERE transfer_id = transfer AND month = moved_in;
    IF TG_TABLE_NAME <> 'jackpots_transfer' AND (added->>'month')::date <> moved_in THEN
        lines := lines + 1;
    END IF;
    IF total <> 0 OR lines IS DISTINCT FROM announced THEN
        RAISE EXCEPTION 'transfer % does not balance: % micros over % of % lines', transfer, total, lines, announced
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

# Rows that are updated with every batch leave room on their pages, so that their indexes are left alone.
ROOM = """
ALTER TABLE jackpots_pot SET (fillfactor = 50);
ALTER TABLE jackpots_optin SET (fillfactor = 70);
ALTER TABLE jackpots_meter SET (fillfactor = 70);
"""
NO_ROOM = """
ALTER TABLE jackpots_pot RESET (fillfactor);
ALTER TABLE jackpots_optin RESET (fillfactor);
ALTER TABLE jackpots_meter RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0003_ledger_lines"), ("tenancy", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ConfigVersion",
            fields=[
                (
                    "operator",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tenancy.operator",
                    ),
                ),
                ("version", models.BigIntegerField()),
            ],
            options={"ordering": ["operator_id"]},
        ),
        migrations.RunSQL(VERSIONS, NO_VERSIONS),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(BALANCE, migrations.RunSQL.noop),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
