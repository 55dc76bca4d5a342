"""Triggers that no setting of a session switches off.

pgtrigger's own look at `pgtrigger.ignore` first, row by row, and do nothing where it names them; who may run SQL may
set it. What guards money, approvals and the audit log is made of these, which hold until somebody drops them.
"""

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


class Trigger(pgtrigger.Trigger):
    """A trigger with a function of its own."""

    def compile(self, model: models.Model) -> compiler.Trigger:
        """As pgtrigger has it, in the firm text."""
        made = super().compile(model)
        return compiler.Trigger(name=made.name, sql=FirmSql(**made.sql.kwargs))


class Protect(Trigger, pgtrigger.Protect):
    """Refuses an operation."""


class ReadOnly(Trigger, pgtrigger.ReadOnly):
    """Refuses a change of some fields; with a condition, only while that holds, which pgtrigger's own overlooks."""

    def get_condition(self, model: models.Model) -> pgtrigger.Q:
        """Whether one of the fields changes, and the condition holds."""
        changed: pgtrigger.Q = super().get_condition(model)  # type: ignore[no-untyped-call]
        return changed & self.condition if isinstance(self.condition, pgtrigger.Q) else changed


class FSM(Trigger, pgtrigger.FSM):
    """Refuses a change of state that is not among the transitions."""
