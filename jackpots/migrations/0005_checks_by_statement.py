"""Lines and contributions come many at a time, so what each row was checked for is checked once a statement."""

from django.db import migrations

# The lines of a transfer are written in one statement, with the transfer or after it; then they are all there, they
# sum to zero, and each is of an account of the transfer's own operator, instance and currency. Transfers and accounts
# are never changed or deleted, so that nothing remains for a foreign key to watch over. A transfer without its lines
# is refused at the commit, as before.
LINES = """
DROP TRIGGER line_balanced ON jackpots_line;
ALTER TABLE jackpots_line DROP CONSTRAINT line_transfer_tenant;
ALTER TABLE jackpots_line DROP CONSTRAINT line_account_tenant;

CREATE FUNCTION jackpots_lines_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT a.transfer_id INTO wrong
    FROM added a
    LEFT JOIN jackpots_transfer t ON t.id = a.transfer_id AND t.operator_id = a.operator_id AND t.occurred_at = a.occurred_at
    LEFT JOIN jackpots_account k ON k.id = a.account_id AND k.operator_id = a.operator_id
          AND k.instance_id = t.instance_id AND k.currency = t.currency
    GROUP BY a.transfer_id
    HAVING sum(a.amount_micros) <> 0 OR count(t.id) <> max(t.line_count) OR count(k.id) <> count(*) OR count(t.id) <> count(*)
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'transfer % does not balance with the lines that were added', wrong USING ERRCODE = 'check_violation';
    END IF;
    SELECT a.transfer_id INTO wrong
    FROM (SELECT DISTINCT transfer_id, month FROM added) a
    JOIN jackpots_transfer t ON t.id = a.transfer_id
    JOIN jackpots_line l ON l.transfer_id = a.transfer_id AND l.month = a.month
    GROUP BY a.transfer_id HAVING count(*) <> max(t.line_count) LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'transfer % has its lines already', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
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
    END IF;
END $$;

CREATE TRIGGER lines_balance AFTER INSERT ON jackpots_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION jackpots_lines_balance();
-- A partition can be written to by its own name; the table's trigger would not see it.
DO $$
DECLARE
    partition regclass;
BEGIN
    FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'jackpots_line'::regclass LOOP
        EXECUTE format('CREATE TRIGGER lines_balance AFTER INSERT ON %s REFERENCING NEW TABLE AS added '
            'FOR EACH STATEMENT EXECUTE FUNCTION jackpots_lines_balance()', partition);
    END LOOP;
END $$;
"""

# Instances, contributions and cycles are never deleted; brands are held by the meters, sources by the trigger below.
JOURNAL = """
ALTER TABLE jackpots_contribution DROP CONSTRAINT jackpots_contribution_instance_id_tenant;
ALTER TABLE jackpots_contribution DROP CONSTRAINT jackpots_contribution_brand_id_tenant;
ALTER TABLE jackpots_contribution DROP CONSTRAINT jackpots_contribution_source_id_tenant;

CREATE FUNCTION jackpots_contributions_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    SELECT a.operator_id || ' ' || a.instance_id || ' ' || a.brand_id || ' ' || coalesce(a.source_id::text, '-') INTO wrong
    FROM (SELECT DISTINCT operator_id, instance_id, brand_id, source_id FROM added) a
    WHERE NOT EXISTS (SELECT 1 FROM jackpots_instance i WHERE i.id = a.instance_id AND i.operator_id = a.operator_id)
       OR NOT EXISTS (SELECT 1 FROM tenancy_brand b WHERE b.id = a.brand_id AND b.operator_id = a.operator_id)
       OR (a.source_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM jackpots_source s WHERE s.id = a.source_id AND s.operator_id = a.operator_id))
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'a contribution points across operators: %', wrong USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER contributions_tenant AFTER INSERT ON jackpots_contribution REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION jackpots_contributions_tenant();

CREATE FUNCTION jackpots_source_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM jackpots_contribution c WHERE c.operator_id = OLD.operator_id AND c.source_id = OLD.id) THEN
        RAISE EXCEPTION 'source % has contributions', OLD.source_id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER source_kept BEFORE DELETE ON jackpots_source
    FOR EACH ROW EXECUTE FUNCTION jackpots_source_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0004_config_version")]

    operations = [migrations.RunSQL(LINES), migrations.RunSQL(JOURNAL)]
