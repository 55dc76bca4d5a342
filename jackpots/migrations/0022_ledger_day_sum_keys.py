"""A day's sum points to an account of its own operator."""

from django.db import migrations

from backoffice.tenancy.composite import tenant_foreign_key


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0021_simulations_guarded_firmly")]

    operations = [tenant_foreign_key("jackpots_daysum", "account_id", "jackpots_account")]
