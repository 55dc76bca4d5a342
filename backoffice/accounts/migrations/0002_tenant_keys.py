"""Keys that carry the operator, so that no row points across tenants."""

from django.db import migrations

from backoffice.tenancy.composite import tenant_foreign_key


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [tenant_foreign_key("accounts_servicetoken", "account_id", "accounts_serviceaccount")]
