"""A stored answer also says how many tickets were awarded."""

from django.db import migrations

CLAIM = """
DROP FUNCTION jackpots_claim(text, int, int[], bigint[], uuid[]);
CREATE FUNCTION jackpots_claim(operator text, gate_class int, gates int[], keys bigint[], ids uuid[])
RETURNS TABLE (
    config_version bigint, key text, contribution_id uuid, instance_id uuid, payload_digest bytea,
    contribution_micros bigint, currency varchar, win_micros bigint, win_pot varchar, accepted_at timestamptz,
    rate numeric{more}
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(gate_class, gate) FROM unnest(gates) gate;
    PERFORM pg_advisory_xact_lock(claimed) FROM unnest(keys) claimed;
    config_version := (SELECT v.version FROM jackpots_configversion v WHERE v.operator_id = operator);
    RETURN NEXT;
    RETURN QUERY
    SELECT config_version, c.id::text, c.id, c.instance_id, c.payload_digest, c.contribution_micros, c.currency,
           c.win_micros, c.win_pot, c.accepted_at, c.rate{column}
    FROM jackpots_contribution c WHERE c.id = ANY(ids);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0014_firm_guards")]

    operations = [
        migrations.RunSQL(
            CLAIM.format(more=", tickets_awarded bigint", column=", c.tickets_awarded"),
            CLAIM.format(more="", column=""),
        ),
    ]
