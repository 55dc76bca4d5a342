"""Keys that carry the operator, so that no row points across tenants."""

from django.db import migrations

from backoffice.tenancy.composite import tenant_foreign_key


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial"), ("tenancy", "0001_initial")]

    operations = [
        tenant_foreign_key("reporting_playerday", "brand_id", "tenancy_brand"),
        tenant_foreign_key("reporting_wagerbucket", "brand_id", "tenancy_brand"),
    ]
