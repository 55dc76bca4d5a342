"""The log is never emptied at once either."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION audit_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is never emptied' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_auditentry FOR EACH STATEMENT
    EXECUTE FUNCTION audit_never_emptied();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, "DROP FUNCTION audit_never_emptied() CASCADE")]
