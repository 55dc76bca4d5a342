"""Keys that carry the operator, what is watched and kept for ever, and tickets that end with their round."""

from django.db import migrations

from backoffice.tenancy.composite import tenant_foreign_key

KEPT = (
    "jackpots_boost",
    "jackpots_credit",
    "jackpots_modelswitch",
    "jackpots_pottrigger",
    "jackpots_raffleround",
    "jackpots_ticketentry",
    "jackpots_ticketrange",
)
WATCHED = ("jackpots_suspension", "jackpots_instancelink")

# Tickets come many at a time: the statement checks once that its rounds still take them, and are the operator's own.
TICKETS = """
CREATE FUNCTION jackpots_tickets_awarded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT a.round_id INTO wrong FROM (SELECT DISTINCT operator_id, round_id FROM added) a
    WHERE NOT EXISTS (
        SELECT 1 FROM jackpots_raffleround r
        WHERE r.id = a.round_id AND r.operator_id = a.operator_id AND r.state = 'active'
    ) LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'round % takes no tickets', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tickets_awarded AFTER INSERT ON jackpots_ticketrange REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION jackpots_tickets_awarded();
CREATE TRIGGER tickets_counted AFTER INSERT ON jackpots_ticketentry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION jackpots_tickets_awarded();
ALTER TABLE jackpots_ticketentry SET (fillfactor = 70);
ALTER TABLE jackpots_raffleround SET (fillfactor = 50);
"""
NO_TICKETS = """
DROP TRIGGER tickets_counted ON jackpots_ticketentry;
DROP TRIGGER tickets_awarded ON jackpots_ticketrange;
DROP FUNCTION jackpots_tickets_awarded();
"""


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0012_widen")]

    operations = [
        tenant_foreign_key("jackpots_templateamount", "template_id", "jackpots_template"),
        tenant_foreign_key("jackpots_templatestrategy", "template_id", "jackpots_template"),
        tenant_foreign_key("jackpots_templateprize", "template_id", "jackpots_template"),
        tenant_foreign_key("jackpots_instancelink", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_instancelink", "linked_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_suspension", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_suspension", "source_id", "jackpots_source"),
        tenant_foreign_key("jackpots_pottrigger", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_pottrigger", "pot_id", "jackpots_pot"),
        tenant_foreign_key("jackpots_boost", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_boost", "pot_id", "jackpots_pot"),
        tenant_foreign_key("jackpots_boost", "approval_id", "approvals_approval"),
        tenant_foreign_key("jackpots_raffleround", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_raffleround", "pot_id", "jackpots_pot"),
        tenant_foreign_key("jackpots_ticketentry", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_credit", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_credit", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_credit", "pot_id", "jackpots_pot"),
        tenant_foreign_key("jackpots_credit", "approval_id", "approvals_approval"),
        tenant_foreign_key("jackpots_modelswitch", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_modelswitch", "from_template_id", "jackpots_template"),
        tenant_foreign_key("jackpots_modelswitch", "to_template_id", "jackpots_template"),
        tenant_foreign_key("jackpots_modelswitch", "approval_id", "approvals_approval"),
        tenant_foreign_key("jackpots_simulationreport", "template_id", "jackpots_template"),
        tenant_foreign_key("jackpots_simulationpolicy", "approval_id", "approvals_approval"),
        migrations.RunSQL(TICKETS, NO_TICKETS),
        migrations.RunSQL(
            "\n".join(
                f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                "EXECUTE FUNCTION jackpots_never_emptied();"
                for table in KEPT
            ),
            "\n".join(f"DROP TRIGGER never_emptied ON {table};" for table in KEPT),
        ),
        migrations.RunSQL(
            "\n".join(
                f"CREATE TRIGGER config_changed AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
                "EXECUTE FUNCTION jackpots_config_changed('operator_id');"
                for table in WATCHED
            ),
            "\n".join(f"DROP TRIGGER config_changed ON {table};" for table in WATCHED),
        ),
    ]
