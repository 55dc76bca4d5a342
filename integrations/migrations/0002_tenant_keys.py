"""Keys that carry the operator, so that no row points across tenants."""

from django.db import migrations

from backoffice.tenancy.composite import tenant_foreign_key


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial"), ("tenancy", "0001_initial"), ("approvals", "0001_initial")]

    operations = [
        tenant_foreign_key("integrations_integration", "approval_id", "approvals_approval"),
        tenant_foreign_key("integrations_integration", "copied_from_id", "integrations_integration"),
        tenant_foreign_key("integrations_feedposition", "integration_id", "integrations_integration"),
        tenant_foreign_key("integrations_feedmessage", "integration_id", "integrations_integration"),
        tenant_foreign_key("integrations_deadletter", "integration_id", "integrations_integration"),
        tenant_foreign_key("integrations_gameactivity", "integration_id", "integrations_integration"),
        tenant_foreign_key("integrations_gameactivity", "brand_id", "tenancy_brand"),
        tenant_foreign_key("integrations_gameround", "integration_id", "integrations_integration"),
        tenant_foreign_key("integrations_gameround", "brand_id", "tenancy_brand"),
    ]
