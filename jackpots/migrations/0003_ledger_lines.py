"""The lines of the ledger: partitioned by month, append-only, and balanced before a transaction may commit."""

from datetime import date

from django.db import migrations

from backoffice.core.clock import now

CREATE = """
CREATE SEQUENCE jackpots_line_id;
CREATE TABLE jackpots_line (
    id bigint NOT NULL DEFAULT nextval('jackpots_line_id'),
    month date NOT NULL,
    operator_id varchar(64) NOT NULL,
    transfer_id uuid NOT NULL,
    account_id bigint NOT NULL,
    amount_micros bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (id, month),
    CONSTRAINT line_amount CHECK (amount_micros <> 0 AND abs(amount_micros) < 1000000000000000),
    CONSTRAINT line_month CHECK (month = date_trunc('month', occurred_at AT TIME ZONE 'UTC')::date),
    CONSTRAINT line_transfer_tenant FOREIGN KEY (operator_id, transfer_id)
        REFERENCES jackpots_transfer (operator_id, id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT line_account_tenant FOREIGN KEY (operator_id, account_id)
        REFERENCES jackpots_account (operator_id, id) DEFERRABLE INITIALLY DEFERRED
) PARTITION BY RANGE (month);
CREATE INDEX line_by_transfer ON jackpots_line (transfer_id);
CREATE INDEX line_by_account ON jackpots_line (account_id, occurred_at);

CREATE FUNCTION jackpots_line_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER line_append_only BEFORE UPDATE OR DELETE ON jackpots_line
    FOR EACH ROW EXECUTE FUNCTION jackpots_line_refuse();

CREATE FUNCTION jackpots_line_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    transfer uuid := CASE WHEN TG_TABLE_NAME = 'jackpots_transfer' THEN (to_jsonb(NEW)->>'id')::uuid
                          ELSE (to_jsonb(NEW)->>'transfer_id')::uuid END;
    total numeric;
    lines bigint;
    announced bigint;
BEGIN
    SELECT coalesce(sum(amount_micros), 0), count(*) INTO total, lines FROM jackpots_line WHERE transfer_id = transfer;
    SELECT line_count INTO announced FROM jackpots_transfer WHERE id = transfer;
    IF total <> 0 OR lines <> announced THEN
        RAISE EXCEPTION 'transfer % does not balance: % micros over % of % lines', transfer, total, lines, announced
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER line_balanced AFTER INSERT ON jackpots_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION jackpots_line_balance();
CREATE CONSTRAINT TRIGGER transfer_balanced AFTER INSERT ON jackpots_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION jackpots_line_balance();

CREATE FUNCTION jackpots_ensure_line_partition(first_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text := 'jackpots_line_' || to_char(first_day, 'YYYY_MM');
BEGIN
    IF to_regclass(name) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF jackpots_line FOR VALUES FROM (%L) TO (%L)',
            name, first_day, (first_day + interval '1 month')::date);
    END IF;
END $$;
"""

DROP = """
DROP TABLE jackpots_line;
DROP TRIGGER transfer_balanced ON jackpots_transfer;
DROP FUNCTION jackpots_line_balance();
DROP FUNCTION jackpots_line_refuse();
DROP FUNCTION jackpots_ensure_line_partition(date);
DROP SEQUENCE jackpots_line_id;
"""


def make_partitions(apps, schema_editor):
    """A year behind and a year ahead; the schedule makes the later ones."""
    today = now().date()
    with schema_editor.connection.cursor() as cursor:
        for offset in range(-12, 13):
            year, month = divmod(today.year * 12 + today.month - 1 + offset, 12)
            cursor.execute("SELECT jackpots_ensure_line_partition(%s)", [date(year, month + 1, 1)])


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0002_tenant_keys")]

    operations = [migrations.RunSQL(CREATE, DROP), migrations.RunPython(make_partitions, migrations.RunPython.noop)]
