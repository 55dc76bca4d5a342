"""Operations of a migration that share one state.

After each operation Django renders the changed model anew, and every model that is related to it. Where all hang
together that takes longer than the statements themselves.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, RemoveConstraint
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

_SHARING = (AddConstraint, AddField, AddIndex, AddTrigger, RemoveConstraint, RemoveTrigger)


class AtOnce(Operation):
    """Carries these out in order, all from the state before the first to the state after the last."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """All changes; what was rendered is rendered anew once it is asked for."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Each in order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Each in the opposite order."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """The first one, and how many follow."""
        return f"{self.operations[0].describe()} and {len(self.operations) - 1} more"


def at_once(operations: Iterable[Operation]) -> list[Operation]:
    """The operations of a migration, those that stand side by side and can share a state put together.

    What one of them adds, none beside it may take away again, and no condition of a constraint may name: that would
    not be in the state before them, from which they are carried out forwards or back.
    """
    return [
        grouped
        for can_share, group in groupby(operations, key=lambda operation: isinstance(operation, _SHARING))
        for grouped in _grouped(list(group), can_share=can_share)
    ]


def _grouped(operations: list[Operation], *, can_share: bool) -> list[Operation]:
    return [AtOnce(operations)] if can_share and len(operations) > 1 else operations
