"""A win that is withheld is answered as such, now and whenever the same request comes again."""

import backoffice.core.guards
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

CLAIM = """
DROP FUNCTION jackpots_claim(text, int, int[], bigint[], uuid[]);
CREATE FUNCTION jackpots_claim(operator text, gate_class int, gates int[], keys bigint[], ids uuid[])
RETURNS TABLE (
    config_version bigint, key text, contribution_id uuid, instance_id uuid, payload_digest bytea,
    contribution_micros bigint, currency varchar, win_micros bigint, win_pot varchar, accepted_at timestamptz,
    rate numeric, tickets_awarded bigint{more}
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(gate_class, gate) FROM unnest(gates) gate;
    PERFORM pg_advisory_xact_lock(claimed) FROM unnest(keys) claimed;
    config_version := (SELECT v.version FROM jackpots_configversion v WHERE v.operator_id = operator);
    RETURN NEXT;
    RETURN QUERY
    SELECT config_version, c.id::text, c.id, c.instance_id, c.payload_digest, c.contribution_micros, c.currency,
           c.win_micros, c.win_pot, c.accepted_at, c.rate, c.tickets_awarded{column}
    FROM jackpots_contribution c WHERE c.id = ANY(ids);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("jackpots", "0017_guards_while_they_hold"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="contribution",
            name="contribution_fixed",
        ),
        migrations.AddField(
            model_name="contribution",
            name="win_withheld",
            field=models.BooleanField(db_default=False, default=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contribution",
            trigger=pgtrigger.compiler.Trigger(
                name="contribution_fixed",
                sql=backoffice.core.guards.FirmSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."operator_id" IS DISTINCT FROM (NEW."operator_id") OR OLD."brand_id" IS DISTINCT FROM (NEW."brand_id") OR OLD."instance_id" IS DISTINCT FROM (NEW."instance_id") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."template_id" IS DISTINCT FROM (NEW."template_id") OR OLD."transfer_id" IS DISTINCT FROM (NEW."transfer_id") OR OLD."player_id" IS DISTINCT FROM (NEW."player_id") OR OLD."player_country" IS DISTINCT FROM (NEW."player_country") OR OLD."target" IS DISTINCT FROM (NEW."target") OR OLD."gameround_id" IS DISTINCT FROM (NEW."gameround_id") OR OLD."payload_digest" IS DISTINCT FROM (NEW."payload_digest") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."contribution_micros" IS DISTINCT FROM (NEW."contribution_micros") OR OLD."amount_micros" IS DISTINCT FROM (NEW."amount_micros") OR OLD."rate" IS DISTINCT FROM (NEW."rate") OR OLD."base_wager_micros" IS DISTINCT FROM (NEW."base_wager_micros") OR OLD."metadata" IS DISTINCT FROM (NEW."metadata") OR OLD."draws" IS DISTINCT FROM (NEW."draws") OR OLD."win_pot" IS DISTINCT FROM (NEW."win_pot") OR OLD."win_micros" IS DISTINCT FROM (NEW."win_micros") OR OLD."win_withheld" IS DISTINCT FROM (NEW."win_withheld") OR OLD."tickets_awarded" IS DISTINCT FROM (NEW."tickets_awarded") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."accepted_at" IS DISTINCT FROM (NEW."accepted_at") OR OLD."transaction_id" IS DISTINCT FROM (NEW."transaction_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="f2e82e0ca499d7701b3f281f5291bf2f5bbaeece",
                    operation="UPDATE",
                    pgid="pgtrigger_contribution_fixed_9972c",
                    table="jackpots_contribution",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(
            CLAIM.format(more=", win_withheld boolean", column=", c.win_withheld"),
            CLAIM.format(more="", column=""),
        ),
    ]
