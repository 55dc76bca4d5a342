"""The plans of the hot functions are kept by each session, often from when the tables were empty; a plan that reads the
whole table would be kept as long. By index they are right from the first row on."""

from django.db import migrations

FUNCTIONS = (
    "jackpots_claim(text, int, int[], bigint[], uuid[])",
    "jackpots_lines_balance()",
    "jackpots_line_balance()",
    "jackpots_contributions_tenant()",
)


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0007_claim")]

    operations = [
        migrations.RunSQL(
            "\n".join(f"ALTER FUNCTION {function} SET enable_seqscan = off;" for function in FUNCTIONS),
            "\n".join(f"ALTER FUNCTION {function} RESET enable_seqscan;" for function in FUNCTIONS),
        )
    ]
