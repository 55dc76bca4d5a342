"""Foreign keys that carry the operator, so that no row can point across tenants (a migration's tool)."""

from django.db import migrations


def tenant_foreign_key(table: str, column: str, target: str, *, target_column: str = "id") -> migrations.RunSQL:
    """`(operator_id, column)` of `table` refers to `(operator_id, target_column)` of `target`.

    The target needs a unique constraint over the two; a null `column` refers to nothing, as ever.
    """
    name = f"{table}_{column}_tenant"[:63]
    return migrations.RunSQL(
        sql=(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (operator_id, "{column}") '
            f'REFERENCES "{target}" (operator_id, "{target_column}") DEFERRABLE INITIALLY DEFERRED'
        ),
        reverse_sql=f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )
