"""Keys that carry the operator, so that no row points across tenants."""

from django.db import migrations

from backoffice.tenancy.composite import tenant_foreign_key


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0001_initial"), ("tenancy", "0001_initial"), ("approvals", "0001_initial")]

    operations = [
        tenant_foreign_key("jackpots_template", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_template", "approval_id", "approvals_approval"),
        tenant_foreign_key("jackpots_templatepot", "template_id", "jackpots_template"),
        tenant_foreign_key("jackpots_instance", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_instance", "template_id", "jackpots_template"),
        tenant_foreign_key("jackpots_instance", "approval_id", "approvals_approval"),
        tenant_foreign_key("jackpots_instancebrand", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_instancebrand", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_statechange", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_pot", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_potcycle", "pot_id", "jackpots_pot"),
        tenant_foreign_key("jackpots_source", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_sourcemapping", "source_id", "jackpots_source"),
        tenant_foreign_key("jackpots_sourcemapping", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_multiplier", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_optin", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_optin", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_optinchange", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_optinchange", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_contribution", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_contribution", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_contribution", "source_id", "jackpots_source"),
        tenant_foreign_key("jackpots_win", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_win", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_win", "pot_id", "jackpots_pot"),
        tenant_foreign_key("jackpots_win", "approval_id", "approvals_approval"),
        tenant_foreign_key("jackpots_account", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_account", "pot_id", "jackpots_pot"),
        tenant_foreign_key("jackpots_account", "brand_id", "tenancy_brand"),
        tenant_foreign_key("jackpots_transfer", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_meter", "instance_id", "jackpots_instance"),
        tenant_foreign_key("jackpots_meter", "brand_id", "tenancy_brand"),
    ]
