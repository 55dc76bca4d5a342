"""What is never deleted row by row is never emptied at once either."""

from django.db import migrations

KEPT = (
    "jackpots_account",
    "jackpots_contribution",
    "jackpots_line",
    "jackpots_pot",
    "jackpots_potcycle",
    "jackpots_statechange",
    "jackpots_transfer",
    "jackpots_win",
)
REFUSE = """
CREATE FUNCTION jackpots_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
"""
ON_TABLES = "\n".join(
    f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
    "EXECUTE FUNCTION jackpots_never_emptied();"
    for table in KEPT
)
# A partition can be emptied by its own name; the table's trigger would not see it.
ON_PARTITIONS = """
DO $$
DECLARE
    partition regclass;
BEGIN
    FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'jackpots_line'::regclass LOOP
        EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT '
            'EXECUTE FUNCTION jackpots_never_emptied()', partition);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION jackpots_ensure_line_partition(first_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text := 'jackpots_line_' || to_char(first_day, 'YYYY_MM');
BEGIN
    IF to_regclass(name) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF jackpots_line FOR VALUES FROM (%L) TO (%L)',
            name, first_day, (first_day + interval '1 month')::date);
        EXECUTE format('CREATE TRIGGER lines_balance AFTER INSERT ON %I REFERENCING NEW TABLE AS added '
            'FOR EACH STATEMENT EXECUTE FUNCTION jackpots_lines_balance()', name);
        EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
            'EXECUTE FUNCTION jackpots_never_emptied()', name);
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0010_template_pot_stays")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION jackpots_never_emptied() CASCADE"),
        migrations.RunSQL(ON_TABLES, migrations.RunSQL.noop),
        migrations.RunSQL(ON_PARTITIONS, migrations.RunSQL.noop),
    ]
