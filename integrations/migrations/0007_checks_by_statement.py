"""Messages, activities and rounds come a thousand at a time, so what each row was checked for at the commit, row by row,
is checked once a statement: that its integration and its brand are of its own operator."""

from django.db import migrations

TABLES = ("integrations_feedmessage", "integrations_gameactivity", "integrations_gameround")
WITH_BRAND = TABLES[1:]

CHECK = """
CREATE FUNCTION integrations_rows_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    SELECT a.operator_id || ' ' || a.integration_id INTO wrong
    FROM (SELECT DISTINCT operator_id, integration_id FROM added) a
    WHERE NOT EXISTS (
        SELECT 1 FROM integrations_integration i WHERE i.id = a.integration_id AND i.operator_id = a.operator_id)
    LIMIT 1;
    IF wrong IS NULL AND TG_TABLE_NAME <> 'integrations_feedmessage' THEN
        SELECT a.operator_id || ' ' || a.brand_id INTO wrong
        FROM (SELECT DISTINCT operator_id, brand_id FROM added) a
        WHERE NOT EXISTS (SELECT 1 FROM tenancy_brand b WHERE b.id = a.brand_id AND b.operator_id = a.operator_id)
        LIMIT 1;
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'a row of % points across operators: %', TG_TABLE_NAME, wrong
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION integrations_rows_tenant() SET enable_seqscan = off;

CREATE FUNCTION integrations_integration_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM integrations_feedmessage m
               WHERE m.operator_id = OLD.operator_id AND m.integration_id = OLD.id)
       OR EXISTS (SELECT 1 FROM integrations_gameactivity a
                  WHERE a.operator_id = OLD.operator_id AND a.integration_id = OLD.id)
       OR EXISTS (SELECT 1 FROM integrations_gameround r
                  WHERE r.operator_id = OLD.operator_id AND r.integration_id = OLD.id) THEN
        RAISE EXCEPTION 'integration % has brought messages', OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER integration_kept BEFORE DELETE ON integrations_integration
    FOR EACH ROW EXECUTE FUNCTION integrations_integration_kept();

CREATE FUNCTION integrations_brand_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM integrations_gameactivity a WHERE a.operator_id = OLD.operator_id AND a.brand_id = OLD.id)
       OR EXISTS (SELECT 1 FROM integrations_gameround r WHERE r.operator_id = OLD.operator_id AND r.brand_id = OLD.id)
    THEN
        RAISE EXCEPTION 'brand % has game rounds', OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER brand_of_rounds_kept BEFORE DELETE ON tenancy_brand
    FOR EACH ROW EXECUTE FUNCTION integrations_brand_kept();
"""


def _checks() -> str:
    dropped = [(table, "integration_id") for table in TABLES] + [(table, "brand_id") for table in WITH_BRAND]
    statements = [f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_tenant;" for table, column in dropped]
    for event, tables in (("INSERT", TABLES), ("UPDATE", WITH_BRAND)):
        statements += [
            f"CREATE TRIGGER rows_tenant_{event.lower()} AFTER {event} ON {table} REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION integrations_rows_tenant();"
            for table in tables
        ]
    return "\n".join(statements)


class Migration(migrations.Migration):
    dependencies = [("integrations", "0006_retention"), ("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(CHECK), migrations.RunSQL(_checks())]
