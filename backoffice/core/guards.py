"""Triggers that no setting of a session switches off.

pgtrigger's own look at `pgtrigger.ignore` first, row by row, and do nothing where it names them; who may run SQL may
set it. What guards money, approvals and the audit log is made of these, which hold until somebody drops them.
"""

from typing import Any

import pgtrigger
from django.db import models
from pgtrigger import compiler


class FirmSql(compiler.UpsertTriggerSql):
    """The SQL of a trigger without the look. Migrations refer to it: its text stays as it is."""

    def get_template(self) -> str:
        """The function and its trigger."""
        return """
            CREATE OR REPLACE FUNCTION {pgid}()
            RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class _Firm:
    """Mixed in before a trigger of pgtrigger's."""

    def compile(self, model: type[models.Model]) -> compiler.Trigger:
        """As pgtrigger has it, in the firm text."""
        made: Any = super().compile(model)  # type: ignore[misc]
        return compiler.Trigger(name=made.name, sql=FirmSql(**made.sql.kwargs))


class Trigger(_Firm, pgtrigger.Trigger):
    """A trigger with a function of its own."""


class Protect(_Firm, pgtrigger.Protect):
    """Refuses an operation."""


class ReadOnly(_Firm, pgtrigger.ReadOnly):
    """Refuses a change of some fields."""


class FSM(_Firm, pgtrigger.FSM):
    """Refuses a change of state that is not among the transitions."""
