"""Operations of a migration that share one state."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from backoffice.core.at_once import AtOnce, at_once

CREATE = migrations.CreateModel("Made", [("id", models.BigAutoField(primary_key=True))])
FIELD = migrations.AddField("made", "one", models.IntegerField(default=1))
CONSTRAINT = migrations.AddConstraint("made", models.CheckConstraint(condition=models.Q(one__gt=0), name="made_one"))
INDEX = migrations.AddIndex("made", models.Index(fields=["one"], name="made_one_index"))
SQL = migrations.RunSQL("SELECT 1", "SELECT 1")


def test_what_stands_side_by_side_is_put_together() -> None:
    first, group, sql, alone = at_once([CREATE, FIELD, CONSTRAINT, SQL, INDEX])
    assert (first, sql, alone) == (CREATE, SQL, INDEX)
    assert isinstance(group, AtOnce)
    assert group.operations == [FIELD, CONSTRAINT]
    assert group.describe() == "Add field one to made and 1 more"


def carried_out(operations: list[migrations.operations.base.Operation]) -> list[ProjectState]:
    """The states before the first and after each operation, which the database has gone through."""
    states = [ProjectState()]
    with connection.schema_editor() as editor:
        for operation in operations:
            after = states[-1].clone()
            operation.state_forwards("things", after)
            operation.database_forwards("things", editor, states[-1], after)
            states.append(after)
    return states


def found() -> tuple[set[str], set[str]]:
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "things_made")
        return {column.name for column in columns}, set(connection.introspection.get_constraints(cursor, "things_made"))


@pytest.mark.django_db
def test_the_database_goes_there_and_back() -> None:
    operations = at_once([CREATE, FIELD, CONSTRAINT, INDEX])
    before, created, after = carried_out(operations)
    assert after.models == carried_state().models
    assert after.apps.get_model("things", "Made")._meta.get_field("one").default == 1
    columns, constraints = found()
    assert columns == {"id", "one"}
    assert {"made_one", "made_one_index"} < constraints
    with connection.schema_editor() as editor:
        operations[1].database_backwards("things", editor, after, created)
    columns, constraints = found()
    assert columns == {"id"}
    assert not {"made_one", "made_one_index"} & constraints
    assert not before.models


def carried_state() -> ProjectState:
    """What one operation after the other comes to."""
    state = ProjectState()
    for operation in (CREATE, FIELD, CONSTRAINT, INDEX):
        operation.state_forwards("things", state)
    return state
